"""Notifications on their way; the local stand-ins of push and SMS services write a line each."""

from typing import Any

from apps.notifications.models import (
    Delivery,
    Device,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)
from apps.notifications.tasks import notify_in_app
from background.models import Work
from tests.apps.people import make_user
from tests.tasks.example import Example, FarEnds, LightExample

READER = "reader@example.org"


def push(far: FarEnds) -> Work:
    """A push to somebody's phone."""
    notification = notify()
    device = Device.objects.create(user=notification.user, token="phone")
    return deliver(PushDelivery, notification, device=device)


def mail(far: FarEnds) -> Work:
    """A mail."""
    return deliver(MailDelivery, notify())


def text(far: FarEnds) -> Work:
    """A text to somebody's phone."""
    notification = notify()
    Preferences.objects.create(user=notification.user, sms=True, phone="+4930123456")
    return deliver(SmsDelivery, notification)


def tell() -> list[Any]:
    """News for somebody."""
    reader = make_user(READER)
    return [reader.pk, "tea.ready", "tea:1", "Tea is ready", "Green, and hot.", {"tea": 1}]


def notify() -> Notification:
    """A notification that has not left the database."""
    user = make_user(READER)
    return Notification.objects.create(
        user=user, kind="tea.ready", title="Tea is ready", body="Green, and hot."
    )


def deliver[D: Delivery](model: type[D], notification: Notification, **columns: Any) -> D:
    """The delivery of a notification over one channel."""
    rows = model._default_manager
    return rows.create(notification=notification, owner=notification.user, **columns)


EXAMPLES = [
    Example(
        task="apps.notifications.tasks.push_to_device",
        make=push,
        effects=lambda far: far.log().count("Push to device"),
    ),
    Example(
        task="apps.notifications.tasks.mail_notice",
        make=mail,
        effects=lambda far: len(far.mailbox.to(READER)),
    ),
    Example(
        task="apps.notifications.tasks.text_to_phone",
        make=text,
        effects=lambda far: far.log().count("Text to phone"),
        environment={"SMS_BACKEND": "apps.notifications.sms.console.ConsoleSms"},
    ),
]

LIGHT_EXAMPLES = [
    LightExample(task=notify_in_app, make=tell, effects=lambda _: Notification.objects.count()),
]
