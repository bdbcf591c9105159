"""When a schedule ticks: times that depend on the schedule alone, not on who looks and when.

Two Beats, a Beat that was started anew, and one whose clock is off so come to the same time, and
the time can say which tick it is.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache, singledispatch
from itertools import product
from typing import Any

from celery import schedules

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HOURS_OF_A_DAY = 24


def latest_tick(
    schedule: schedules.BaseSchedule, since: datetime, now: datetime
) -> datetime | None:
    """The last time after `since` and up to `now` at which the schedule ticks; None without one.

    The times before it are left out: what was missed is done once, not once for each time.
    """
    tick = latest_up_to(schedule, now, since)
    return tick if tick and since < tick <= now else None


@singledispatch
def latest_up_to(
    schedule: schedules.BaseSchedule, now: datetime, since: datetime
) -> datetime | None:
    """The last time up to `now`, of a schedule of this kind; one from before `since` will do.

    A kind that is not known here, such as a solar one, only tells what follows. So it is asked for
    its first time after `since`, to the minute, and ticks no more often than that.
    """
    follows = schedule.now() + schedule.remaining_estimate(since + MINUTE)
    return EPOCH + round((follows - EPOCH) / MINUTE) * MINUTE


# The stubs lack the attributes of schedules, hence Any.
@latest_up_to.register(schedules.schedule)
def _latest_of_interval(interval: Any, now: datetime, since: datetime) -> datetime:
    """An interval ticks at its multiples since 1970 (UTC), at most once a second."""
    length: timedelta = max(interval.run_every, SECOND)
    return EPOCH + (now - EPOCH) // length * length


@latest_up_to.register(schedules.crontab)
def _latest_of_crontab(crontab: Any, now: datetime, since: datetime) -> datetime | None:
    """A crontab ticks by the wall clock of its zone."""
    zone = crontab.tz
    day, first_day = now.astimezone(zone).date(), since.astimezone(zone).date()
    hours, minutes = frozenset(crontab.hour), frozenset(crontab.minute)
    while day >= first_day:
        if _is_on(crontab, day):
            times = _times_of_day(day, zone, hours, minutes)
            passed = bisect_right(times, now)
            if passed:
                return times[passed - 1]
        day -= DAY
    return None


def _is_on(crontab: Any, day: date) -> bool:
    return bool(
        day.month in crontab.month_of_year
        and day.day in crontab.day_of_month
        and day.isoweekday() % 7 in crontab.day_of_week
    )


@lru_cache(maxsize=512)
def _times_of_day(
    day: date, zone: tzinfo, hours: frozenset[int], minutes: frozenset[int]
) -> list[datetime]:
    """The times in order (UTC).

    A time that the clock skips is as many minutes after the jump as it would have been. An hour
    that the clock repeats counts once, and twice only for what ticks in every hour.
    """
    folds = (0, 1) if len(hours) == HOURS_OF_A_DAY else (0,)
    walls = (time(hour, minute, fold=fold) for hour, minute, fold in product(hours, minutes, folds))
    return sorted({datetime.combine(day, wall, zone).astimezone(UTC) for wall in walls})
