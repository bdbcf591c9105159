"""The mail of a notification; its text stands in templates/mails."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from apps.notifications.models import Notification
from background.errors import PermanentError, TransientError
from background.mail import send_mail_once


def send_notice(notification: Notification) -> None:
    """Mail a notification to its user, once.

    Raises TransientError when the mail server may take it later, and PermanentError when it knows
    no such address.
    """
    user = notification.user
    with _understanding():
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


@contextmanager
def _understanding() -> Iterator[None]:
    """Tell what follows from the answer of a mail server, or from none."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        if _is_passing(code):
            raise TransientError(f"The mail server does not take it now ({code})") from error
        raise PermanentError(f"The mail server knows no such address ({code}).") from error
    except smtplib.SMTPResponseException as error:
        if not _is_passing(error.smtp_code):
            raise
        raise TransientError(f"The mail server is busy ({error.smtp_code})") from error
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPHeloError):
        raise
    except OSError as error:
        raise TransientError(f"The mail server did not answer ({type(error).__name__})") from error


def _is_passing(code: int) -> bool:
    """Whether a reply of SMTP is one of those that may be another one later."""
    return 400 <= code < 500
