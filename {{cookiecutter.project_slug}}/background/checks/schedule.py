"""Entries of the schedule that start nothing, or pile up.

With schedules in the database these are the first values; what the admin made of them is live
data, which the doctor looks at.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from celery import current_app
from celery.schedules import crontab, maybe_schedule, schedule
from django.core.checks import CheckMessage, Error

from background.checks.resolved import queues

# Consecutive ticks that are looked at: enough to reach the end of an hour of minutes, of a day, a
# week, a month and, with one tick a month, of a year.
TICKS = 60
# Where they begin; a fixed day, so that no process refuses to start on some days only.
BEGINNING = datetime(2024, 12, 28, tzinfo=UTC)


def check_entries(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every entry names a task, and a queue that is there; it expires before its next tick."""
    for name, entry in current_app.conf.beat_schedule.items():
        yield from faults(name, entry["task"], entry.get("options", {}), entry["schedule"])


def faults(name: str, task: str, options: Mapping[str, Any], ticks: Any) -> Iterator[CheckMessage]:
    """What is wrong with one entry; when its `ticks` are None it need not expire."""
    if task not in current_app.tasks:
        yield Error(
            f"The schedule {name!r} starts {task}, and there is no such task",
            hint="Mend its task in config/schedule.py",
            id="background.E019",
        )
    queue = options.get("queue")
    if queue and str(queue) not in queues():
        yield Error(
            f"The schedule {name!r} sends to the queue {queue}, which is not there",
            hint="Mend it in config/schedule.py, or leave it to the task's route",
            id="background.E022",
        )
    if ticks is not None:
        yield from _check_expiry(name, options.get("expires"), ticks)


def shortest_period(ticks: object) -> timedelta | None:
    """The shortest time between two ticks; None for a kind of schedule that is not known here."""
    if isinstance(ticks, crontab):
        return min(after - before for before, after in pairwise(_ticks(ticks)))
    if isinstance(ticks, schedule):
        period: timedelta = ticks.run_every  # type: ignore[attr-defined]
        return period
    return None


def _check_expiry(name: str, expires: object, ticks: Any) -> Iterator[CheckMessage]:
    period = shortest_period(maybe_schedule(ticks, app=current_app))
    if not expires:
        yield Error(
            f"Messages of the schedule {name!r} never expire: after a backlog it runs many times",
            hint='Give its options "expires": seconds, a little less than its period',
            id="background.E020",
        )
    elif not isinstance(expires, int | float):
        yield Error(
            f"Messages of the schedule {name!r} expire after {expires!r}, which is no number of "
            "seconds that Beat could count from a tick",
            hint='Give its options "expires": seconds, such as timedelta(...).total_seconds()',
            id="background.E020",
        )
    elif period and expires > period.total_seconds():
        yield Error(
            f"Messages of the schedule {name!r} expire after {expires:.0f} s, when the "
            f"next is out: its ticks may be {period.total_seconds():.0f} s apart",
            hint='Give its options "expires": seconds, a little less than that',
            id="background.E021",
        )


def _ticks(ticks: crontab) -> Iterator[datetime]:
    tick = BEGINNING
    for _ in range(TICKS):
        last, step, _ = ticks.remaining_delta(tick)
        tick = last + step
        yield tick


CHECKS = (check_entries,)
