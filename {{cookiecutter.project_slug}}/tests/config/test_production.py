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


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL"])
def test_without_one_of_them_it_says_which(name: str) -> None:
    finished = load({key: value for key, value in COMPLETE.items() if key != name})

    assert finished.returncode != 0
    assert name in finished.stderr.splitlines()[-1]
