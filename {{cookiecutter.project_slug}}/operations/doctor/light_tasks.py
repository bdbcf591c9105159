"""Light tasks that nobody runs."""

from collections.abc import Iterator

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from operations.doctor.finding import LATE, Finding, Question, bad, good

SUBJECT = "light tasks"


def ask() -> Iterator[Finding]:
    """Whether one has been ready for long; the process that runs them gives no sign of life."""
    now = timezone.now()
    ready = DBTaskResult.objects.ready()
    waiting = ready.count()
    # One that was to wait is told from the others by its `run_after`, and counts from then.
    just_due = {"run_after__gt": now - LATE, "run_after__lte": now}
    late = ready.filter(enqueued_at__lt=now - LATE).exclude(**just_due)
    oldest = late.order_by("enqueued_at").first()
    if oldest is None:
        yield good(SUBJECT, f"{waiting} wait, none for longer than {LATE.seconds} s")
        return
    age = (now - oldest.enqueued_at).total_seconds()
    yield bad(
        SUBJECT,
        f"{waiting} wait, one since {age:.0f} s: {oldest.task_path}",
        "Start manage.py db_worker --queue-name '*', or one more of them",
    )


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the database, and at its tables", after="database"
)
