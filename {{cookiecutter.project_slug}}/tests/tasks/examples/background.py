"""Housekeeping of background work."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from background.models import DeadLetter, Sending, Work
from background.tasks import prune_dead_letters, prune_sent_log
from tests.tasks.example import Example, FarEnds, call

LONG_AGO = timezone.now() - timedelta(days=1000)


def prune_letters(far: FarEnds) -> Work:
    """A letter that is old enough."""
    DeadLetter.record(uuid4(), "of.an.old.task", [], {}, RuntimeError("It broke"))
    DeadLetter.objects.update(failed_at=LONG_AGO)
    return call(prune_dead_letters)


def prune_log(far: FarEnds) -> Work:
    """A line of the log that is old enough."""
    Sending.objects.create(kind="tea.ready", object="tea:1", recipient="ann@example.org")
    Sending.objects.update(created_at=LONG_AGO)
    return call(prune_sent_log)


EXAMPLES = [
    Example(
        task="background.tasks.prune_dead_letters",
        make=prune_letters,
        effects=lambda _: 1 - DeadLetter.objects.count(),
    ),
    Example(
        task="background.tasks.prune_sent_log",
        make=prune_log,
        effects=lambda _: 1 - Sending.objects.count(),
    ),
]
