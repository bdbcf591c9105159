"""One task per channel, so that a channel that fails neither stops nor repeats another."""

from typing import TYPE_CHECKING, Any

from django.tasks import task

from apps.notifications import deliveries
from apps.notifications.notices import Channel, Notice, tell
from background.decorators import work_task

if TYPE_CHECKING:
    from apps.notifications.models import MailDelivery, PushDelivery, SmsDelivery


@task()
def notify_in_app(
    user_id: int, kind: str, about: str, title: str, body: str, data: dict[str, Any]
) -> None:
    """Tell one user something, in the app alone."""
    tell(
        [
            Notice(
                user_id=user_id,
                kind=kind,
                about=about,
                title=title,
                body=body,
                data=data,
                channels=frozenset({Channel.IN_APP}),
            )
        ]
    )


@work_task(
    "notifications.PushDelivery",
    max_retries=3,
    retry_delay=20,  # at least half of it is waited, and FCM asks for 10 s
)
def push_to_device(delivery: "PushDelivery") -> None:
    """Push a notification to one device."""
    deliveries.push(delivery)


@work_task("notifications.MailDelivery", retry_delay=10)
def mail_notice(delivery: "MailDelivery") -> None:
    """Mail a notification."""
    deliveries.mail(delivery)


@work_task("notifications.SmsDelivery", max_retries=3, retry_delay=10)
def text_to_phone(delivery: "SmsDelivery") -> None:
    """Text a notification to its user's phone."""
    deliveries.text(delivery)
