"""The fault suite of projects, in its short form, on each broker."""

import os

import pytest

from tests.conftest import Bake
from tests.real.conftest import all_is_required, cases
from tests.real.environment import run_tests
from tests.variants import Variant, variants_to_break

pytestmark = pytest.mark.real


@pytest.mark.parametrize("variant", cases(variants_to_break()))
def test_no_fault_loses_or_doubles_work(
    variant: Variant, bake: Bake, python: str, environment: dict[str, str]
) -> None:
    output = run_tests(python, bake(variant.answers), environment, "tests/faults")
    assert " passed" in output
    # A host of its own, whose link can be cut, only root may make.
    if all_is_required() and os.geteuid() == 0:
        assert " skipped" not in output
