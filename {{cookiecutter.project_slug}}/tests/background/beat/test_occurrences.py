"""When schedules tick, seen by Beats that look at odd times."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import BaseSchedule, crontab, schedule

from background.beat.occurrences import latest_tick

BERLIN = ZoneInfo("Europe/Berlin")
LOOK_EVERY = timedelta(seconds=50)
# In 2026 the clock goes from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on 25 October.
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)


class BerlinCrontab(crontab):
    """A crontab of Berlin, wherever the project is."""

    tz: Any = BERLIN


def ticks(of: BaseSchedule, since: datetime, days: int) -> list[datetime]:
    """Every tick from `since` on, as a Beat finds them that looks now and then."""
    found = []
    now = last = since
    while now < since + timedelta(days=days):
        now += LOOK_EVERY
        if tick := latest_tick(of, last, now):
            found.append(tick)
            last = tick
    return found


def wall(tick: datetime) -> str:
    return f"{tick.astimezone(BERLIN):%d. %H:%M}"


@pytest.mark.parametrize(
    ("hour", "minute", "start", "expected"),
    [
        # What the clock skips comes as long after the jump as it would have come before.
        (2, 30, SPRING, ["29. 03:30", "30. 02:30", "31. 02:30"]),
        (2, 30, AUTUMN, ["25. 02:30", "26. 02:30", "27. 02:30"]),
        (0, 0, SPRING, ["29. 00:00", "30. 00:00", "31. 00:00"]),
        (0, 0, AUTUMN, ["25. 00:00", "26. 00:00", "27. 00:00"]),
        (3, 0, SPRING, ["29. 03:00", "30. 03:00", "31. 03:00"]),
        (3, 0, AUTUMN, ["25. 03:00", "26. 03:00", "27. 03:00"]),
    ],
)
def test_a_daily_job_ticks_once_a_day_when_the_clock_changes(
    hour: int, minute: int, start: datetime, expected: list[str]
) -> None:
    found = ticks(BerlinCrontab(hour=str(hour), minute=str(minute)), start, days=3)

    assert [wall(tick) for tick in found] == expected


@pytest.mark.parametrize("start", [SPRING, AUTUMN])
def test_what_ticks_in_every_hour_does_so_in_each_that_passes(start: datetime) -> None:
    found = ticks(BerlinCrontab(minute="15,45"), start, days=1)

    assert {b - a for a, b in pairwise(found)} == {timedelta(minutes=30)}
    assert len(found) == 48


def test_two_jobs_of_the_skipped_hour_and_the_next_are_one() -> None:
    found = ticks(BerlinCrontab(hour="2,3", minute="30"), SPRING, days=1)

    assert [wall(tick) for tick in found] == ["29. 03:30"]


def test_days_of_week_month_and_year_are_all_kept() -> None:
    monthly = BerlinCrontab(minute="0", hour="0", day_of_month="1")
    leap_day = BerlinCrontab(minute="0", hour="0", day_of_month="29", month_of_year="2")
    sunday = BerlinCrontab(minute="0", hour="0", day_of_week="sun")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)

    assert latest_tick(monthly, long_ago, SPRING) == datetime(2026, 3, 1, tzinfo=BERLIN)
    assert latest_tick(leap_day, long_ago, SPRING) == datetime(2024, 2, 29, tzinfo=BERLIN)
    assert latest_tick(sunday, long_ago, SPRING) == datetime(2026, 3, 22, tzinfo=BERLIN)


@pytest.mark.parametrize(
    "of", [crontab(minute="*/5"), schedule(timedelta(minutes=5)), BerlinCrontab(minute="*/5")]
)
def test_the_time_of_a_tick_does_not_depend_on_when_somebody_looks(of: BaseSchedule) -> None:
    five_past = datetime(2026, 6, 1, 12, 5, tzinfo=UTC)
    since = five_past - timedelta(minutes=1)

    looks = [five_past + timedelta(seconds=late) for late in (0, 0.001, 4, 299.9)]

    assert {latest_tick(of, since, now) for now in looks} == {five_past}
    assert latest_tick(of, since, five_past - timedelta(milliseconds=1)) is None


@pytest.mark.parametrize("of", [crontab(minute="*/5"), schedule(timedelta(minutes=5))])
def test_a_tick_that_somebody_had_already_is_none(of: BaseSchedule) -> None:
    five_past = datetime(2026, 6, 1, 12, 5, tzinfo=UTC)

    assert latest_tick(of, five_past, five_past + timedelta(minutes=4)) is None


@pytest.mark.parametrize("of", [crontab(minute="*/5"), schedule(timedelta(minutes=5))])
def test_of_several_missed_ticks_the_last_counts(of: BaseSchedule) -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)

    assert latest_tick(of, noon - timedelta(days=400), noon + timedelta(minutes=1)) == noon


def test_an_interval_below_a_second_counts_as_one() -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)

    assert latest_tick(schedule(0), noon, noon + timedelta(seconds=1.5)) == noon + timedelta(
        seconds=1
    )


class Tide(BaseSchedule):
    """A kind of schedule that only tells what follows, and each time a little differently."""

    def __init__(self, high_water: datetime, now: datetime) -> None:
        super().__init__(nowfun=lambda: now)
        self.high_water = high_water

    def remaining_estimate(self, last_run_at: datetime) -> timedelta:
        """The time until the next high water, every twelve hours."""
        waters = (self.high_water + n * timedelta(hours=12) for n in range(10))
        return next(water for water in waters if water > last_run_at) - self.now()


def test_a_kind_of_schedule_that_is_not_known_ticks_to_the_minute() -> None:
    water = datetime(2026, 6, 1, 12, 0, 20, tzinfo=UTC)
    yesterday = water - timedelta(days=1)
    noon = water.replace(second=0)

    for late in (0, 0.3, 100):
        now = water + timedelta(seconds=late)
        tide = Tide(water + timedelta(microseconds=late), now)
        assert latest_tick(tide, yesterday, now) == noon
        assert latest_tick(tide, noon, now) is None
        in_the_night = now + timedelta(hours=12)
        tide = Tide(water, in_the_night)
        assert latest_tick(tide, noon, in_the_night) == noon + timedelta(hours=12)
