"""Schedules in the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
)

from background.beat.database_scheduler import DatabaseScheduler
from background.beat.scheduler import tick_id
from background.models import TaskCall
from config.celery import app
from config.schedule import SCHEDULE

# The scheduler closes connections, which a surrounding transaction would not survive. The broker is
# away, so that no worker takes what was sent before it was looked at.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker_away")]

HOUR = timedelta(hours=1)


def start() -> DatabaseScheduler:
    return DatabaseScheduler(app=app)


def test_the_first_start_stores_the_schedule_of_the_code_with_its_expiry() -> None:
    start()

    for name, entry in SCHEDULE.items():
        row = PeriodicTask.objects.get(name=name)
        assert row.task == entry["task"]
        assert row.expire_seconds == entry["options"]["expires"]


def test_a_later_start_leaves_what_was_edited() -> None:
    start()
    name = next(iter(SCHEDULE))
    PeriodicTask.objects.filter(name=name).update(enabled=False, expire_seconds=5)

    start()

    row = PeriodicTask.objects.get(name=name)
    assert (row.enabled, row.expire_seconds) == (False, 5)


def test_what_another_beat_stores_meanwhile_is_seen_at_once() -> None:
    slow = DatabaseScheduler(app=app, lazy=True)
    assert not slow.schedule
    start()

    slow.setup_schedule()

    assert set(slow.schedule) >= set(SCHEDULE)


@pytest.fixture
def midnight() -> datetime:
    """One that is still to come (UTC), also at the end of the test."""
    day = timezone.now() + timedelta(days=2)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def entry(**values: Any) -> PeriodicTask:
    return PeriodicTask.objects.create(name="entry", task="tests.sample.tasks.note_tick", **values)


def nightly() -> CrontabSchedule:
    return CrontabSchedule.objects.create(minute="0", hour="0", timezone="UTC")


def hourly() -> IntervalSchedule:
    return IntervalSchedule.objects.create(every=1, period="hours")


def sent() -> list[object]:
    """The ids of the ticks of our entry that were sent."""
    calls = TaskCall.objects.filter(task="tests.sample.tasks.note_tick").order_by("created_at")
    return list(calls.values_list("pk", flat=True))


def test_a_tick_is_sent_once_and_the_admin_shows_when(midnight: datetime) -> None:
    entry(crontab=nightly(), expire_seconds=7200)

    for late in (0, 1, 2):
        start().look(midnight + late * HOUR)

    assert sent() == [tick_id("entry", midnight)]
    assert TaskCall.objects.get(pk=sent()[0]).expires_at == midnight + 2 * HOUR
    row = PeriodicTask.objects.get(name="entry")
    assert (row.last_run_at, row.total_run_count) == (midnight, 1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # The clock of Berlin goes from 02:00 to 03:00, and from 03:00 to 02:00.
        (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=["skipped", "doubled"],
)
def test_a_daily_job_is_sent_once_when_the_clock_of_its_zone_changes(
    day: datetime, expected: datetime
) -> None:
    half_past_two = CrontabSchedule.objects.create(minute="30", hour="2", timezone="Europe/Berlin")
    entry(crontab=half_past_two, last_run_at=day)
    # It counts from the edit otherwise, which is now.
    PeriodicTask.objects.filter(name="entry").update(date_changed=day)
    scheduler = start()

    for number in range(8):
        scheduler.look(day + number * HOUR / 2)

    assert sent() == [tick_id("entry", expected)]


def test_a_tick_that_was_missed_hours_ago_is_sent(midnight: datetime) -> None:
    entry(crontab=nightly())

    start().look(midnight + 11 * HOUR)

    assert sent() == [tick_id("entry", midnight)]


def test_an_edited_entry_counts_from_the_edit(midnight: datetime) -> None:
    edited = entry(crontab=nightly())
    start().look(midnight)
    PeriodicTask.objects.filter(pk=edited.pk).update(date_changed=midnight + 12 * HOUR)
    CrontabSchedule.objects.update(hour="5")

    start().look(midnight + 12 * HOUR)

    assert sent() == [tick_id("entry", midnight)]


def test_nothing_ticks_before_its_start_or_after_its_end(midnight: datetime) -> None:
    entry(interval=hourly(), start_time=midnight, expires=midnight + 2 * HOUR)

    for hour in (-1, 0, 1):
        start().look(midnight + hour * HOUR)
    assert sent() == [tick_id("entry", midnight), tick_id("entry", midnight + HOUR)]

    PeriodicTask.objects.update(expires=timezone.now() - HOUR)
    start().look(midnight + 2 * HOUR)
    assert len(sent()) == 2


def test_a_disabled_entry_does_not_tick(midnight: datetime) -> None:
    entry(interval=hourly(), enabled=False)

    start().look(midnight)

    assert sent() == []


def test_a_one_off_entry_ticks_once_and_is_disabled(midnight: datetime) -> None:
    entry(interval=hourly(), one_off=True)
    scheduler = start()

    for hour in range(3):
        scheduler.look(midnight + hour * HOUR)

    assert sent() == [tick_id("entry", midnight)]
    assert not PeriodicTask.objects.get(name="entry").enabled


@pytest.mark.parametrize(
    ("values", "is_so"),
    [
        ({}, False),
        ({"one_off": True}, True),
        ({"expires": datetime(2999, 1, 1, tzinfo=UTC)}, True),
    ],
)
def test_what_ticks_once_or_ends_on_a_day_need_not_expire(
    values: dict[str, Any], is_so: bool
) -> None:
    entry(interval=hourly(), **values)
    scheduler = start()

    assert scheduler.need_not_expire(scheduler.schedule["entry"]) is is_so


def test_a_clocked_entry_ticks_once_also_when_beat_comes_late(midnight: datetime) -> None:
    at = midnight + timedelta(seconds=12.5)
    entry(clocked=ClockedSchedule.objects.create(clocked_time=at), one_off=True)

    start().look(midnight)
    assert sent() == []
    for late in (1, 2):
        start().look(midnight + late * HOUR)

    assert sent() == [tick_id("entry", at)]


def test_an_entry_that_can_not_be_read_does_not_keep_others_from_ticking(
    midnight: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    entry(interval=hourly())
    broken = IntervalSchedule.objects.create(every=2, period="fortnights")
    PeriodicTask.objects.create(name="broken", task="celery.ping", interval=broken)

    scheduler = start()
    scheduler.look(midnight)
    assert sent() == [tick_id("entry", midnight)]
    assert "The schedule broken can't be read" in caplog.text

    caplog.clear()
    scheduler.look(midnight)
    assert "broken" not in caplog.text
