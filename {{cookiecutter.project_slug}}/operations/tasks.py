"""Housekeeping of the running project."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_expired_sessions() -> None:
    """Forget the sessions that nobody can use any more."""
    call_command("clearsessions")
