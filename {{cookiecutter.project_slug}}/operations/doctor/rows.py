"""Rows of work that nobody takes up, and dead letters that nobody has read."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from operator import itemgetter

from django.conf import settings
from django.utils import timezone

from background.models import DeadLetter
from operations.backlog import rows_by_status, waiting_since
from operations.doctor.finding import Finding, Question, bad, good

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
    waiting = waiting_since()
    if not waiting:
        return good(SUBJECT, f"{seen}; none waits for a worker")
    task, since = min(waiting.items(), key=itemgetter(1))
    age = (timezone.now() - since).total_seconds()
    seen += f"; one waits for {age:.0f} s: {task}"
    if age <= settings.LONGEST_WAIT_SECONDS:
        return good(SUBJECT, seen)
    remedy = "Start a worker of its queue, or one more; if they idle, look at Beat and the broker"
    return bad(SUBJECT, seen, remedy)


def _letters() -> Finding:
    letters = DeadLetter.objects.filter(DeadLetter.OPEN)
    newest = letters.first()
    if newest is None:
        return good("dead letters", "None")
    age = timezone.now() - newest.failed_at
    seen = f"{letters.count()}, the newest {_hours(age)} old: {str(newest)[:120]}"
    if age < RECENT:
        return bad("dead letters", seen, "Read them in the admin; replay them when it is mended")
    return good("dead letters", seen)


def _hours(age: timedelta) -> str:
    hours, rest = divmod(age, timedelta(hours=1))
    minutes = f"{rest // timedelta(minutes=1)} min"
    return f"{hours} h {minutes}" if hours else minutes


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the database, and at its tables", after="database"
)
