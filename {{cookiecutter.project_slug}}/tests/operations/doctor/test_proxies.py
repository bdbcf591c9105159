"""A hint for sites behind a proxy."""

from typing import Any

import pytest

from tests.operations.doctor.findings import findings_about

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("proxies", "hinted"), [(0, True), (1, False)])
def test_in_production_it_is_asked_whether_there_is_a_proxy(
    settings: Any, proxies: int, hinted: bool
) -> None:
    settings.IN_PRODUCTION = True
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}

    [finding] = findings_about("proxies")

    assert finding.ok
    assert ("NUM_PROXIES" in finding.remedy) == hinted
