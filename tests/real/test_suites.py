"""The project's own tests and types, in variants in which every two answers meet."""

from pathlib import Path

import pytest

from tests.conftest import Bake
from tests.real.conftest import cases
from tests.real.environment import run, run_tests, shared_environment
from tests.variants import Variant, variants_to_test

pytestmark = pytest.mark.real


@pytest.mark.parametrize("variant", cases(variants_to_test()))
def test_own_tests_pass(
    variant: Variant, bake: Bake, python: str, environment: dict[str, str]
) -> None:
    output = run_tests(python, bake(variant.answers), environment)
    assert " passed" in output
    assert " skipped" not in output


@pytest.mark.parametrize("variant", variants_to_test()[::3], ids=str)
def test_types_and_layers_hold(variant: Variant, bake: Bake, python: str) -> None:
    project = bake(variant.answers)
    run([python, "-m", "mypy"], project, shared_environment())
    run([str(Path(python).with_name("lint-imports"))], project, shared_environment())
