"""Sending webhooks."""

from typing import TYPE_CHECKING

from django.conf import settings

from apps.webhooks import deliveries
from background.decorators import work_task

if TYPE_CHECKING:
    from apps.webhooks.models import Delivery


@work_task(
    "webhooks.Delivery",
    max_retries=20,  # two hours and a half at most, and half of that at least
    retry_delay=settings.WEBHOOK_RETRY_SECONDS,
)
def deliver_webhook(delivery: "Delivery") -> None:
    """Send an event to a receiver."""
    deliveries.deliver(delivery)
