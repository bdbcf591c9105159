"""The schedule as Beat reads it: with entries in the database, also what was made in the admin."""

from collections.abc import Iterator

from kombu.utils.imports import symbol_by_name

from background.beat.scheduler import ClaimingScheduler
from background.checks.schedule import faults
from config.celery import app
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "schedule"
REMEDY = "Mend it where it was made: in the admin, or in config/schedule.py"


def ask() -> Iterator[Finding]:
    """What each entry that is in force would start, and until when."""
    scheduler = read_scheduler()
    entries = list(scheduler.schedule.values())
    seen = [
        fault
        for entry in entries
        for fault in faults(
            str(entry.name),
            str(entry.task),
            entry.options or {},
            None if scheduler.need_not_expire(entry) else entry.schedule,
        )
    ]
    faulty = [
        f"The schedule {name!r} can't be read and never ticks" for name in scheduler.unreadable
    ]
    faulty += [fault.msg for fault in seen]
    yield from (bad(SUBJECT, each, REMEDY) for each in faulty)
    if not faulty:
        yield good(SUBJECT, f"Entries: {len(entries)}, each of a task that is there")


def read_scheduler() -> ClaimingScheduler:
    """What Beat looks at, with the entries that are in the code."""
    scheduler: ClaimingScheduler = symbol_by_name(app.conf.beat_scheduler)(app=app, lazy=True)
    scheduler.read_entries()
    return scheduler


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the database, and at its tables", after="database"
)
