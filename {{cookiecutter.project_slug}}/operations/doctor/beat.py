"""Beat: whether one leads, and sends every tick."""

from collections.abc import Iterator

from django.utils import timezone

from background.beat.scheduler import LEAD_KEY, LEAD_SECONDS
from config.celery import app
from fastdata.locks import Leadership
from operations.doctor.finding import LATE, Finding, Question, bad, good
from operations.doctor.schedule import read_scheduler
from operations.doctor.workers import REPLY_SECONDS

SUBJECT = "beat"


def ask() -> Iterator[Finding]:
    """Whether one leads, by the sign of life that it gives every second; which ticks it missed."""
    leader = _leader()
    yield leader
    if leader.ok:
        yield from _missed()


def _leader() -> Finding:
    try:
        age = Leadership(LEAD_KEY, seconds=LEAD_SECONDS).age()
    except ConnectionError:
        remedy = "Start the Redis of data; until then each Beat looks, and no tick is sent twice"
        return bad(SUBJECT, "Redis does not say which Beat leads", remedy)
    if age is None:
        seen = "None leads: nothing scheduled starts, and nothing lost is taken up"
        return bad(SUBJECT, seen, "Start one: celery --app config beat")
    return good(SUBJECT, f"One leads, seen {age:.0f} s ago")


def _missed() -> Iterator[Finding]:
    missed = read_scheduler().overdue(timezone.now() - LATE)
    if missed:
        seen = f"Ticks that nobody sent: {', '.join(missed)}"
        yield bad(SUBJECT, seen, "Read what Beat logs: it can't look at what is due")


def count() -> Iterator[Finding]:
    """How many there are; any number is well, as those that do not lead stand by."""
    with app.connection_for_write() as connection:
        answers = app.control.ping(timeout=REPLY_SECONDS, connection=connection) or []
    number = sum(node.startswith("celerybeat@") for answer in answers for node in answer)
    yield good("beats", f"{number} answer; whichever does not lead stands by")


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the database, and at its tables", after="database"
)
NUMBER = Question(
    subject="beats",
    ask=count,
    remedy="Look at the broker: it takes logins and passes nothing on",
    after="broker",
)
