"""Housekeeping of background work itself."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

# Rows deleted at once: short enough that nobody waits for the database's one writer.
BATCH = 5000


@shared_task
def prune_dead_letters() -> None:
    """Forget dead letters older than DEAD_LETTER_DAYS, and the calls that they are about."""
    from background.models import DeadLetter, TaskCall

    oldest = timezone.now() - timedelta(days=settings.DEAD_LETTER_DAYS)
    DeadLetter.objects.filter(failed_at__lt=oldest).delete()
    TaskCall.objects.filter(status=TaskCall.Status.FAILED, finished_at__lt=oldest).delete()


@shared_task
def prune_sent_log() -> None:
    """Forget what was sent more than SENT_LOG_DAYS ago; it could then be sent again."""
    from background.models import Sending

    oldest = timezone.now() - timedelta(days=settings.SENT_LOG_DAYS)
    old = Sending.objects.filter(created_at__lt=oldest)
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        Sending.objects.filter(pk__in=ids).delete()
