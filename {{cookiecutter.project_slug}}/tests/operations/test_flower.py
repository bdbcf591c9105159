"""Flower lets nobody in who has no login of this production's."""

from typing import Any

import pytest

from tests.support.checks import found


@pytest.mark.parametrize("login", ["", "admin:admin"])
def test_a_flower_that_lets_anybody_in_is_told(
    production: Any, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setenv("FLOWER_BASIC_AUTH", login)

    assert found() == ["operations.E008"]
