"""The project's own tests and types, in variants in which every two answers meet."""

from pathlib import Path

import pytest

from tests.conftest import Bake
from tests.real.conftest import all_is_required, cases
from tests.real.environment import run, run_tests, shared_environment
from tests.variants import TESTED, Variant, variants_to_test

pytestmark = pytest.mark.real

# The interface depends on one answer alone: its hunts, which take minutes, are made once for each.
HUNTED = {variant.answers["job_board"]: variant for variant in reversed(variants_to_test())}
FULLEST, *_, LEANEST = variants_to_test()
NO_HUNTS = "--ignore=tests/api/test_fuzzing.py"


@pytest.fixture
def database(variant: Variant, has_postgres: bool) -> str:
    """Return the database of a variant's tests: SQLite where Postgres is not installed."""
    assert has_postgres or not all_is_required(), "REQUIRE_ALL is set, but there is no Postgres"
    return TESTED[str(variant)] if has_postgres else "sqlite"


@pytest.mark.parametrize("variant", cases(variants_to_test()))
def test_own_tests_pass(
    variant: Variant, bake: Bake, python: str, environment: dict[str, str], database: str
) -> None:
    options = [] if variant in HUNTED.values() else [NO_HUNTS]

    project = bake(variant.answers)
    output = run_tests(python, project, environment | {"TEST_DATABASE": database}, *options)

    assert " passed" in output
    if all_is_required():
        assert " skipped" not in output


@pytest.mark.parametrize("variant", [FULLEST, LEANEST], ids=str)
def test_types_and_layers_hold(variant: Variant, bake: Bake, python: str) -> None:
    project = bake(variant.answers)
    run([python, "-m", "mypy"], project, shared_environment())
    run([str(Path(python).with_name("lint-imports"))], project, shared_environment())
