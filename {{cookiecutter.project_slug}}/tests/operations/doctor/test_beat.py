"""Beats that are missing, or do not do what they are there for."""

from datetime import timedelta
from typing import Any

import pytest

from background.models import LastTick
from config.schedule import SCHEDULE
from operations.doctor import beat as subject
from operations.servers.ports import free_port
from tests.operations.doctor.findings import bad_about, findings_about
from tests.support.processes import Process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_that_none_leads_is_told() -> None:
    [seen] = bad_about("beat")

    assert seen.startswith("None leads")


def test_one_that_leads_is_seen(beat: Process) -> None:
    wait_until(lambda: bad_about("beat") == [])

    [finding] = findings_about("beat")

    assert finding.seen.startswith("One leads, seen ")


def test_those_that_answer_are_counted(beat: Process) -> None:
    wait_until(lambda: findings_about("beats")[0].seen.startswith("1 answer"))

    beat.kill()

    wait_until(lambda: findings_about("beats")[0].seen.startswith("0 answer"))


def test_one_that_was_killed_is_missed(beat: Process) -> None:
    wait_until(lambda: bad_about("beat") == [])

    beat.kill()

    wait_until(lambda: bad_about("beat"))


def test_ticks_that_nobody_sent_are_told(beat: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_until(lambda: bad_about("beat") == [])
    wait_until(lambda: LastTick.objects.filter(entry__in=SCHEDULE).count() == len(SCHEDULE))

    # What will be due in two days nobody can have sent yet.
    monkeypatch.setattr(subject, "LATE", timedelta(days=-2))

    [seen] = bad_about("beat")
    assert "Ticks that nobody sent" in seen
    assert "clear expired sessions" in seen


def test_that_redis_does_not_say_who_leads_is_told(settings: Any) -> None:
    settings.REDIS_DATA_URL = f"redis://127.0.0.1:{free_port()}/0"

    assert bad_about("beat") == ["Redis does not say which Beat leads"]
