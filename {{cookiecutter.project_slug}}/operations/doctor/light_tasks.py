"""Light tasks that nobody runs."""

from collections.abc import Iterator

from django.db.models import Case, When
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from operations.doctor.finding import LATE, Finding, Question, bad, good

SUBJECT = "light tasks"


def ask() -> Iterator[Finding]:
    """Whether one has been ready for long; the process that runs them gives no sign of life."""
    # One that was to wait is told from the others by its `run_after`, and waits from then.
    began = Case(When(run_after__lte=timezone.now(), then="run_after"), default="enqueued_at")
    ready = DBTaskResult.objects.ready().annotate(since=began)
    oldest = ready.order_by("since").values_list("since", "task_path").first()
    if oldest is None:
        yield good(SUBJECT, "None waits")
        return
    since, path = oldest
    age = timezone.now() - since
    seen = f"{ready.count()} wait, one for {age.total_seconds():.0f} s: {path}"
    if age <= LATE:
        yield good(SUBJECT, seen)
        return
    remedy = "Start manage.py db_worker --queue-name '*', or one more of them"
    yield bad(SUBJECT, seen, remedy)


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the database, and at its tables", after="database"
)
