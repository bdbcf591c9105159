"""Webhooks."""

from apps.webhooks.events import Event
from apps.webhooks.models import Delivery
from background.models import Work
from tests.apps.people import make_user
from tests.apps.webhooks.making import make_subscription
from tests.tasks.example import Example, FarEnds


def deliver(far: FarEnds) -> Work:
    """An event that a receiver wants to hear of."""
    owner = make_user("employer@example.org", "employer")
    return Delivery.objects.create(
        owner=owner,
        subscription=make_subscription(owner, far.service.url),
        event=Event.JOB_EXPIRED,
        body="{}",
    )


EXAMPLES = [
    Example(
        task="apps.webhooks.tasks.deliver_webhook",
        make=deliver,
        effects=lambda far: len(far.service.posts),
    ),
]
