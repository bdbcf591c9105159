"""Subscriptions, and deliveries on their way."""

from typing import Any

from apps.accounts.models import User
from apps.webhooks.events import Event, announce
from apps.webhooks.models import Delivery, Subscription
from apps.webhooks.signing import new_secret
from background import lifecycle

# An address that nobody may send to, though somebody may listen there.
FORBIDDEN = "127.0.0.2"


def make_subscription(user: User, url: str, **columns: Any) -> Subscription:
    """A subscription to everything."""
    values: dict[str, Any] = {"events": list(Event), "secret": new_secret()}
    return Subscription.objects.create(owner=user, url=url, **values | columns)


def announce_tea(user: User) -> None:
    """Tell the servers of a user something."""
    announce(Event.JOB_EXPIRED, user.pk, {"tea": "grün"})


def make_delivery(user: User, url: str) -> Delivery:
    """A delivery to a URL, in our hands."""
    subscription = make_subscription(user, url)
    delivery = Delivery.objects.create(
        owner=user, subscription=subscription, event=Event.JOB_EXPIRED, body="{}"
    )
    held = lifecycle.claim(Delivery, delivery.pk, 1)
    assert held
    return held
