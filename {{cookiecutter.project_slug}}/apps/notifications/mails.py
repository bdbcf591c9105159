"""The mail of a notification; its text stands in templates/mails."""

from django.conf import settings

from apps.notifications.models import Notification
from background.mail import send_mail_once


def send_notice(notification: Notification) -> None:
    """Mail a notification to its user, once."""
    user = notification.user
    send_mail_once(
        kind="notice",
        about=f"notification:{notification.pk}",
        to=user.email,
        context={
            "name": user.get_full_name(),
            "title": notification.title,
            "body": notification.body,
            "url": settings.FRONTEND_URL,
        },
    )
