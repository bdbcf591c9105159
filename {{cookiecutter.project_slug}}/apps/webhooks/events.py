"""Announcing events to the servers of users: what the other apps use."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.webhooks.models import Delivery, Subscription
from background.dispatch import dispatch


class Event(StrEnum):
    """What one may subscribe to."""

    APPLICATION_RECEIVED = "application.received"
    APPLICATION_STATUS_CHANGED = "application.status_changed"
    JOB_EXPIRED = "job.expired"
    PAYMENT_COMPLETE = "payment.complete"
    PAYMENT_FAILED = "payment.failed"


@dataclass(frozen=True)
class Happening:
    """An event of one user's; `data` is JSON, and names things by their ids."""

    event: Event
    owner_id: int
    data: Mapping[str, Any]


def announce(event: Event, owner_id: int, data: Mapping[str, Any]) -> None:
    """Send an event to those subscriptions of its owner that want it.

    It is written with the caller's transaction and goes out after commit, so that a rollback tells
    nobody.
    """
    announce_all([Happening(event, owner_id, data)])


@transaction.atomic
def announce_all(happenings: Iterable[Happening]) -> None:
    """Announce several events; the number of queries does not grow with them."""
    happened = list(happenings)
    subscriptions = _subscriptions_of({each.owner_id for each in happened})
    now = timezone.now()
    deliveries = [
        Delivery(
            owner_id=each.owner_id,
            subscription=subscription,
            event=each.event,
            body=_body(each, now),
        )
        for each in happened
        for subscription in subscriptions[each.owner_id]
        if each.event in subscription.events
    ]
    Delivery.objects.bulk_create(deliveries)
    for delivery in deliveries:
        dispatch(delivery)


def _subscriptions_of(owner_ids: set[int]) -> defaultdict[int, list[Subscription]]:
    """The active subscriptions of those owners who are active themselves, by owner.

    Nobody deletes one before the transaction ends: the commit of its deliveries would fail, and
    with it whatever is announced.
    """
    found: defaultdict[int, list[Subscription]] = defaultdict(list)
    active = Subscription.objects.filter(is_active=True, owner__is_active=True)
    # In one order everywhere, or two announcements could wait for each other.
    locked = active.select_for_update(of=("self",), no_key=True).order_by("pk")
    for subscription in locked.filter(owner__in=owner_ids):
        found[subscription.owner_id].append(subscription)
    return found


def _body(happening: Happening, at: datetime) -> str:
    """What is sent, in the form that the Standard Webhooks specification advises."""
    return json.dumps(
        {"type": happening.event, "timestamp": at.isoformat(), "data": dict(happening.data)}
    )
