"""Telling users something: what the other apps use."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.models import User
from apps.notifications.models import (
    Delivery,
    Device,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)
from background import send_once
from background.dispatch import dispatch
from background.send_once import Key
from fastdata.browser import push_to_browsers


class Channel(StrEnum):
    """A way to reach somebody; the value is also the column of the user's preference."""

    IN_APP = auto()
    PUSH = auto()
    MAIL = auto()
    SMS = auto()


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to tell one user.

    `kind` is also the type of the event that a browser hears, such as "application.new"; `about`
    names what it is about by kind and id, such as "application:5". A user is told of a kind of
    thing once. `data` is JSON for the page and the phone.
    """

    user_id: int
    kind: str
    about: str
    title: str
    body: str
    data: Mapping[str, Any] = field(default_factory=dict)
    channels: frozenset[Channel] = frozenset(Channel)


type Told = list[tuple[Notification, set[Channel]]]


@transaction.atomic
def tell(notices: Sequence[Notice]) -> int:
    """Tell users what they were not told before; how many notices were new.

    A notice goes over those of its channels that its user wants; users who are not active are told
    nothing. It is written with the caller's transaction and goes out after commit, so that a
    rollback tells nobody. The number of queries does not grow with the notices.
    """
    preferences = _preferences_of({notice.user_id for notice in notices})
    known = {_key(notice): notice for notice in notices if notice.user_id in preferences}
    new = send_once.take(list(known))
    told = [_write(known[key], preferences[known[key].user_id]) for key in known if key in new]
    Notification.objects.bulk_create(notification for notification, _ in told)
    _show(told)
    _deliver(told)
    return len(told)


def is_open(channel: Channel, preferences: Preferences) -> bool:
    """Whether a user wants to be told over this channel, and there is a way to."""
    if channel is Channel.SMS and not (settings.SMS_BACKEND and preferences.phone):
        return False
    return bool(getattr(preferences, channel))


def _preferences_of(user_ids: set[int]) -> dict[int, Preferences]:
    """The preferences of those users who are active, by id."""
    active = User.objects.filter(pk__in=user_ids, is_active=True).values_list("pk", flat=True)
    said = {each.user_id: each for each in Preferences.objects.filter(user__in=user_ids)}
    return {pk: said.get(pk) or Preferences(user_id=pk) for pk in active}


def _key(notice: Notice) -> Key:
    return Key(notice.kind, notice.about, str(notice.user_id))


def _write(notice: Notice, preferences: Preferences) -> tuple[Notification, set[Channel]]:
    """The row of a notice, not saved yet, and the channels it goes over."""
    channels = {channel for channel in notice.channels if is_open(channel, preferences)}
    notification = Notification(
        user_id=notice.user_id,
        kind=notice.kind,
        title=notice.title,
        body=notice.body,
        data=dict(notice.data),
        in_app=Channel.IN_APP in channels,
    )
    return notification, channels


def _show(told: Told) -> None:
    """Show it on the open pages of its users."""
    events = [
        (notification.user_id, _event(notification))
        for notification, channels in told
        if Channel.IN_APP in channels
    ]
    transaction.on_commit(partial(push_to_browsers, events), robust=True)


def _event(notification: Notification) -> dict[str, Any]:
    return {
        **notification.data,
        "type": notification.kind,
        "notification": str(notification.pk),
        "title": notification.title,
        "body": notification.body,
    }


def _deliver(told: Told) -> None:
    """Start a delivery for each other channel, and for each device."""
    over: defaultdict[Channel, list[Notification]] = defaultdict(list)
    for notification, channels in told:
        for channel in channels:
            over[channel].append(notification)
    devices = _devices_of({notification.user_id for notification in over[Channel.PUSH]})
    _start(
        PushDelivery(notification=each, owner_id=each.user_id, device=device)
        for each in over[Channel.PUSH]
        for device in devices[each.user_id]
    )
    _start(MailDelivery(notification=each, owner_id=each.user_id) for each in over[Channel.MAIL])
    _start(SmsDelivery(notification=each, owner_id=each.user_id) for each in over[Channel.SMS])


def _devices_of(user_ids: set[int]) -> defaultdict[int, list[Device]]:
    devices: defaultdict[int, list[Device]] = defaultdict(list)
    for device in Device.objects.filter(user__in=user_ids):
        devices[device.user_id].append(device)
    return devices


def _start[D: Delivery](deliveries: Iterable[D]) -> None:
    """Save deliveries of one kind, which are sent after commit."""
    rows = list(deliveries)
    if not rows:
        return
    type(rows[0])._default_manager.bulk_create(rows)
    for delivery in rows:
        dispatch(delivery)
