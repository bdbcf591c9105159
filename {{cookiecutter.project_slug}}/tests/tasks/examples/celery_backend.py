"""Light tasks that the Celery workers run."""

from apps.accounts.tasks import send_welcome_email
from background.models import TaskCall, Work
from tests.apps.people import make_user
from tests.tasks.example import Example, FarEnds

EMAIL = "ann@example.org"


def greet(far: FarEnds) -> Work:
    """A welcome mail."""
    result = send_welcome_email.enqueue(make_user(EMAIL).pk)
    return TaskCall.objects.get(pk=result.id)


EXAMPLES = [
    Example(
        task="background.celery_backend.run_light_task",
        make=greet,
        effects=lambda far: len(far.mailbox.to(EMAIL)),
    ),
]
