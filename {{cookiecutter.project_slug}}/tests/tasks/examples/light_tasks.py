"""Housekeeping of light tasks."""

from datetime import timedelta

from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from apps.accounts.tasks import send_welcome_email
from background.light_tasks.tasks import prune_light_tasks
from background.models import Work
from tests.tasks.example import Example, FarEnds, call


def prune(far: FarEnds) -> Work:
    """A light task that ended long ago."""
    with transaction.atomic():
        send_welcome_email.enqueue(0)
        DBTaskResult.objects.update(
            status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now() - timedelta(days=1000)
        )
    return call(prune_light_tasks)


EXAMPLES = [
    Example(
        task="background.light_tasks.tasks.prune_light_tasks",
        make=prune,
        effects=lambda _: 1 - DBTaskResult.objects.count(),
    ),
]
