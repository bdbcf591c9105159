"""Housekeeping of light tasks."""

from celery import shared_task
from django.conf import settings
from django.core.management import call_command


@shared_task
def prune_light_tasks() -> None:
    """Forget light tasks that ended long ago, failed ones later than the others."""
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=settings.LIGHT_TASK_RESULT_DAYS,
        failed_min_age_days=settings.DEAD_LETTER_DAYS,
    )
