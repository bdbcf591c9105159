"""Production refuses to start half configured."""

import os
import subprocess
import sys

import pytest

from config.paths import BASE_DIR

COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "0123456789" * 5,
    "ALLOWED_HOSTS": "jobs.example.com",
    "DATABASE_URL": "postgres://user:secret@db.example/jobs",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
    "DEFAULT_FROM_EMAIL": "noreply@jobs.example.com",
    "FRONTEND_URL": "https://jobs.example.com",
}


def load(environment: dict[str, str], then: str = "") -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if name not in COMPLETE}
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {then}"],
        cwd=BASE_DIR,
        env=base | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_everything_it_starts() -> None:
    finished = load(COMPLETE)

    assert finished.returncode == 0, finished.stderr


def test_a_message_that_was_sent_too_early_fails_no_request() -> None:
    finished = load(COMPLETE, "from django.conf import settings; print(settings.STRICT_DISPATCH)")

    assert finished.stdout == "False\n", finished.stderr


def test_the_settings_of_development_do_not_take_its_secret() -> None:
    finished = load(COMPLETE | {"DJANGO_SETTINGS_MODULE": "config.settings.local"})

    assert finished.returncode != 0
    assert "set DJANGO_SETTINGS_MODULE to config.settings.production" in finished.stderr


def test_who_asks_whether_it_lives_is_not_sent_to_https() -> None:
    ask = "from django.test import Client; print(Client().get('/health/live/').status_code)"

    finished = load(COMPLETE | {"ALLOWED_HOSTS": "testserver"}, ask)

    assert finished.stdout == "200\n", finished.stderr


@pytest.mark.parametrize("name", sorted(COMPLETE.keys() - {"DJANGO_SETTINGS_MODULE"}))
def test_without_one_of_them_it_says_which(name: str) -> None:
    finished = load({key: value for key, value in COMPLETE.items() if key != name})

    assert finished.returncode != 0
    assert name in finished.stderr.splitlines()[-1]
