"""Rows of work that nobody looks after, and dead letters that nobody has read."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from background.models import DeadLetter
from operations.backlog import oldest_due, rows_by_status
from operations.doctor.finding import LATE, Finding, Question, bad, good

SUBJECT = "work"
# Somebody has seen what is older, or never will.
RECENT = timedelta(days=1)


def ask() -> Iterator[Finding]:
    """About the rows, and about the letters."""
    yield _rows()
    yield _letters()


def _rows() -> Finding:
    counts = Counter[str]()
    for _, status, count in rows_by_status():
        counts[status.lower()] += count
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    seen = f"Rows: {told or 'none'}"
    oldest = oldest_due()
    if oldest and timezone.now() - oldest > LATE:
        age = (timezone.now() - oldest).total_seconds()
        remedy = "Look at Beat, which runs recovery, and at the broker; or run manage.py recover"
        return bad(SUBJECT, f"{seen}; one is overdue for {age:.0f} s", remedy)
    return good(SUBJECT, f"{seen}; none is overdue")


def _letters() -> Finding:
    # A letter whose work was replayed is open again when that has failed too.
    letters = DeadLetter.objects.filter(
        Q(replayed_at=None) | Q(replayed_at__lt=F("failed_at")),
    )
    newest = letters.first()
    if newest is None:
        return good("dead letters", "None")
    age = timezone.now() - newest.failed_at
    seen = f"{letters.count()}, the newest {_hours(age)} old: {str(newest)[:120]}"
    if age < RECENT:
        return bad("dead letters", seen, "Read them in the admin; replay them when it is mended")
    return good("dead letters", seen)


def _hours(age: timedelta) -> str:
    return f"{age // timedelta(hours=1)} h {age // timedelta(minutes=1) % 60} min"


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the database, and at its tables", after="database"
)
