"""Flower does not start in production without a login of its own, and all else does."""

import sys
from pathlib import Path
from typing import Any

import pytest

from config.processes import processes
from tests.support.checks import found
from tests.support.processes import Process

PRODUCTION = {"DJANGO_SETTINGS_MODULE": "tests.operations.production_settings"}


@pytest.mark.parametrize("login", ["", "admin:admin"])
def test_a_flower_that_lets_anybody_in_does_not_start(tmp_path: Path, login: str) -> None:
    command = list(processes(port=0)["flower"].command)
    flower = Process("flower", command, tmp_path, {**PRODUCTION, "FLOWER_BASIC_AUTH": login})

    try:
        assert flower.wait() != 0
    finally:
        flower.kill()
    assert "(operations.E008)" in flower.output
    assert "HINT: Set FLOWER_BASIC_AUTH" in flower.output


def test_a_web_process_starts_without_the_login(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import config.asgi"]
    web = Process("web", command, tmp_path, {**PRODUCTION, "FLOWER_BASIC_AUTH": ""})

    assert web.wait() == 0


@pytest.mark.parametrize(
    "command",
    [
        "/srv/env/bin/celery -A config flower",
        "/srv/env/celery/__main__.py --quiet --app=config flower --address=127.0.0.1",
    ],
)
def test_only_the_login_of_production_lets_flower_start(
    production: Any, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "argv", command.split())
    monkeypatch.setenv("FLOWER_BASIC_AUTH", "name:password")
    assert found() == []

    monkeypatch.setenv("FLOWER_BASIC_AUTH", "admin:admin")
    assert found() == ["operations.E008"]

    production.IN_PRODUCTION = False
    assert found() == []


@pytest.mark.parametrize(
    "command",
    [
        "/srv/env/bin/celery -A config worker --hostname flower --queues flower",
        "/srv/env/bin/celery -A config beat",
        "manage.py check",
        "manage.py worker flower",
    ],
)
@pytest.mark.usefixtures("production")
def test_what_is_not_flower_needs_no_login(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(sys, "argv", command.split())
    monkeypatch.delenv("FLOWER_BASIC_AUTH", raising=False)

    assert found() == []
