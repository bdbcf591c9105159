"""`manage.py doctor` as people and machines call it."""

import json
import os
import pty
import subprocess
import sys
import time

import pytest
from celery import current_app
from django.conf import settings
from django.utils.module_loading import import_string

from config.paths import BASE_DIR
from operations.doctor.examination import examine
from operations.servers.ports import free_port
from tests.operations.doctor.conftest import Consult
from tests.support.processes import Process, database_environment
from tests.support.waiting import wait_until

# The doctor takes six seconds at most (seconds); the rest is the start on a busy machine.
LONGEST = 20


@pytest.fixture
def subjects() -> list[str]:
    """Everything that is asked about, in order."""
    return [import_string(path).subject for path in settings.DOCTOR_QUESTIONS]


def test_a_site_that_runs_is_well(
    worker: Process, beat: Process, consult: Consult, subjects: list[str]
) -> None:
    wait_until(lambda: all(finding.ok for finding in examine()))

    doctor = consult("--json")

    findings = json.loads(doctor.output)
    assert doctor.wait() == 0, doctor.output
    assert all(finding["ok"] for finding in findings)
    told = dict.fromkeys(finding["subject"] for finding in findings)
    # Of each clock the one tells who asked its machine.
    del told["clock"]
    assert list(told) == [
        "checks",
        *subjects[: subjects.index("work") + 1],
        "dead letters",
        *subjects[subjects.index("work") + 1 :],
    ]
    assert set(findings[0]) == {"subject", "ok", "seen", "remedy"}


def test_lines_say_what_is_bad_and_what_to_do(consult: Consult) -> None:
    doctor = consult()

    lines = doctor.output.splitlines()
    assert doctor.wait() == 1
    assert lines[0] == "ok  checks: No errors"
    assert lines[1].startswith("ok  database: ")
    assert "BAD beat: None leads" in doctor.output
    assert "Start one: celery --app config beat" in doctor.output
    assert "\x1b" not in doctor.output


def test_settings_with_which_nothing_else_starts_are_told_beside_the_rest(
    consult: Consult,
) -> None:
    doctor = consult("--json", DJANGO_SETTINGS_MODULE="tests.operations.eager_settings")

    error, *others = json.loads(doctor.output)
    assert doctor.wait() == 1
    assert (error["subject"], error["ok"]) == ("checks", False)
    assert error["seen"].endswith("(background.E003)")
    assert error["remedy"].startswith("Remove CELERY_TASK_ALWAYS_EAGER")
    assert "database" in [finding["subject"] for finding in others]


@pytest.mark.parametrize("kind", ["down", "hung"])
def test_a_broker_that_does_not_answer_is_one_line_within_seconds(
    consult: Consult, silent_server: int, kind: str
) -> None:
    port = free_port() if kind == "down" else silent_server
    scheme = current_app.conf.broker_url.partition("://")[0]
    began = time.monotonic()

    doctor = consult(CELERY_BROKER_URL=f"{scheme}://127.0.0.1:{port}//")

    assert time.monotonic() - began < LONGEST
    assert doctor.wait() == 1
    assert "Traceback" not in doctor.output
    lines = doctor.output.splitlines()
    [about_broker] = [line for line in lines if line.startswith("BAD broker: ")]
    assert "so nobody was asked about" in about_broker
    assert not [line for line in lines if "workers:" in line or "queues:" in line]


@pytest.mark.parametrize("kind", ["down", "hung"])
def test_a_database_that_does_not_answer_is_one_line_within_seconds(
    consult: Consult, silent_server: int, kind: str
) -> None:
    port = free_port() if kind == "down" else silent_server
    began = time.monotonic()

    doctor = consult(DATABASE_URL=f"postgres://user:secret@127.0.0.1:{port}/site")

    assert time.monotonic() - began < LONGEST
    assert doctor.wait() == 1
    assert "Traceback" not in doctor.output
    assert "secret" not in doctor.output
    assert "\nBAD database: " in doctor.output
    assert "work:" not in doctor.output


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_wants_none(
    transactional_db: None, variables: dict[str, str], coloured: bool
) -> None:
    terminal, end = pty.openpty()
    command = [sys.executable, "manage.py", "doctor"]
    environment = os.environ | database_environment() | variables

    subprocess.run(command, cwd=BASE_DIR, env=environment, stdout=end, check=False)
    os.close(end)

    written = os.read(terminal, 10_000)
    os.close(terminal)
    assert b"ok  database" in written
    assert (b"\x1b" in written) == coloured
