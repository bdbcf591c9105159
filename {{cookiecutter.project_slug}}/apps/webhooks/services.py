"""What a request may ask for."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.webhooks.models import Delivery, Subscription
from apps.webhooks.signing import new_secret

# Each of them gets every event, so there is an end to it.
SUBSCRIPTIONS_PER_USER = 10


class TooManySubscriptionsError(Exception):
    """The user has as many subscriptions as one may have."""


def subscriptions_of(user: User) -> "QuerySet[Subscription]":
    """The subscriptions of a user, newest first."""
    return Subscription.objects.filter(owner=user)


def deliveries_to(subscription: Subscription) -> "QuerySet[Delivery]":
    """What was sent to a subscription, or is to be, with every attempt; newest first."""
    return Delivery.objects.filter(subscription=subscription).prefetch_related("history")


@transaction.atomic
def subscribe(user: User, *, url: str, events: Sequence[str]) -> Subscription:
    """Send a user's events to a URL from now on.

    Raises TooManySubscriptionsError.
    """
    # One at a time for each user, or two at once would both find room.
    User.objects.select_for_update().get(pk=user.pk)
    if subscriptions_of(user).count() >= SUBSCRIPTIONS_PER_USER:
        raise TooManySubscriptionsError
    return Subscription.objects.create(owner=user, url=url, events=events, secret=new_secret())


def change(subscription: Subscription, **changes: Any) -> Subscription:
    """Change a subscription; what is on its way goes where it says from now on."""
    for name, value in changes.items():
        setattr(subscription, name, value)
    Subscription.objects.filter(pk=subscription.pk).update(**changes)
    return subscription


@transaction.atomic
def unsubscribe(subscription: Subscription) -> None:
    """Delete a subscription; what is still on its way to it is not sent any more."""
    # Whoever announces something to it at this moment ends first, and its delivery is seen here.
    Subscription.objects.select_for_update().filter(pk=subscription.pk).first()
    subscription.delete()
