"""Clocks that are off."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from operations.doctor import clock
from operations.doctor.clock import compare
from tests.operations.doctor.findings import bad_about, findings_about
from tests.support.processes import Process
from tests.support.waiting import wait_until


@pytest.mark.parametrize("seconds", [-1.5, 0, 1.5])
def test_a_clock_that_is_nearly_right_is_well(seconds: float) -> None:
    now = timezone.now()

    assert compare("the server", now, now + timedelta(seconds=seconds)).ok


@pytest.mark.parametrize(("minutes", "how"), [(-3, "180 s behind"), (3, "180 s ahead of")])
def test_a_clock_that_is_off_is_told(minutes: int, how: str) -> None:
    now = timezone.now()

    finding = compare("the server", now, now + timedelta(minutes=minutes))

    assert not finding.ok
    assert f"the server is {how} this machine's" in finding.seen


def test_the_time_that_a_question_takes_is_not_held_against_a_clock() -> None:
    now = timezone.now()

    assert compare("the server", now - timedelta(minutes=1), now - timedelta(seconds=30)).ok


@pytest.mark.django_db(transaction=True)
def test_the_servers_are_asked_for_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    [finding] = findings_about("clock")
    assert finding.ok
    assert finding.seen.endswith("is within 2 s of this machine's")

    monkeypatch.setattr(clock, "LARGEST_SKEW", timedelta(days=-1))

    assert "The clock of Redis 127.0.0.1:" in bad_about("clock")[0]


def test_the_time_that_workers_take_to_answer_is_not_held_against_them(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "LARGEST_SKEW", timedelta(0))

    wait_until(lambda: findings_about("clock")[-1] == clock.right("1 of 1 workers"))


def test_a_worker_whose_clock_is_off_is_told(start_own_worker: Callable[..., Process]) -> None:
    start_own_worker(env={"DJANGO_SETTINGS_MODULE": "tests.operations.doctor.slow_clock_settings"})

    wait_until(lambda: bad_about("clock"))

    servers, finding = findings_about("clock")
    assert servers.ok
    assert finding.seen.startswith("The clock of all@")
    assert finding.seen.endswith("s behind this machine's")
    assert finding.remedy == "Let NTP set the clocks of both"
