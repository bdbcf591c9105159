"""Housekeeping of background work itself."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone


@shared_task
def prune_dead_letters() -> None:
    """Forget dead letters older than DEAD_LETTER_DAYS."""
    from background.models import DeadLetter

    oldest = timezone.now() - timedelta(days=settings.DEAD_LETTER_DAYS)
    DeadLetter.objects.filter(created_at__lt=oldest).delete()
