"""One task per channel, so that a channel that fails neither stops nor repeats another."""

from collections.abc import Mapping

from celery import shared_task

from apps.notifications.push import get_push_backend
from background.task import BackgroundTask


@shared_task(base=BackgroundTask, max_retries=3)
def push_to_phone(user_id: int, title: str, body: str, data: Mapping[str, str]) -> None:
    """Push to the phones of one user."""
    get_push_backend().send(user_id, title, body, data)
