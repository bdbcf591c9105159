"""Bringing one notification to where it goes; what its user wants is asked again just before."""

import json
from typing import Any

from django.utils.text import Truncator

from apps.notifications import mails
from apps.notifications.models import (
    Delivery,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)
from apps.notifications.notices import Channel, is_open
from apps.notifications.push import get_push_backend
from apps.notifications.push.base import UnregisteredDeviceError
from apps.notifications.sms import get_sms_backend
from background.errors import PermanentError

# Two text messages when it is plain Latin text; each costs money.
SMS_LENGTH = 300


def push(delivery: PushDelivery) -> None:
    """Push to the device of a delivery; one that the service does not know any more is dropped.

    A push whose answer was lost is sent again, and replaces the first one on the device. Raises
    PermanentError when it is not wanted any more, and what the backend raises.
    """
    notification = delivery.notification
    _refuse_unwanted(delivery, Channel.PUSH)
    device = delivery.device
    if device is None or device.user_id != notification.user_id:
        raise PermanentError("The device is no longer this user's.")
    backend = get_push_backend()
    delivery.ensure_lease()
    try:
        backend.send(device.token, notification.title, notification.body, _data(notification))
    except UnregisteredDeviceError:
        device.delete()
        raise


def mail(delivery: MailDelivery) -> None:
    """Mail a notification, once.

    Raises PermanentError when it is not wanted any more, and what the mail server means.
    """
    _refuse_unwanted(delivery, Channel.MAIL)
    delivery.ensure_lease()
    mails.send_notice(delivery.notification)


def text(delivery: SmsDelivery) -> None:
    """Text a notification to its user's phone.

    A text whose answer was lost is sent again: the service has no way to tell the two apart.
    Raises PermanentError when it is not wanted any more, and what the backend raises.
    """
    notification = delivery.notification
    preferences = _refuse_unwanted(delivery, Channel.SMS)
    backend = get_sms_backend()
    delivery.ensure_lease()
    message = Truncator(f"{notification.title}: {notification.body}").chars(SMS_LENGTH)
    backend.send(preferences.phone, message)


def _refuse_unwanted(delivery: Delivery, channel: Channel) -> Preferences:
    """The preferences of the user, who may have changed since the notice was written.

    Raises PermanentError when they are against it.
    """
    user = delivery.notification.user
    if not user.is_active:
        raise PermanentError("The user is not active any more.")
    preferences = Preferences.of(user.pk)
    if not is_open(channel, preferences):
        raise PermanentError("The user does not want to be told this way any more.")
    return preferences


def _data(notification: Notification) -> dict[str, str]:
    """What a phone needs to open the right page; push services take text alone."""
    return {name: _text(value) for name, value in notification.data.items()} | {
        "type": notification.kind,
        "notification": str(notification.pk),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
