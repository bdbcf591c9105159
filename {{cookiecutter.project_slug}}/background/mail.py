"""Mails from templates, each sent once."""

import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parseaddr
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from background.errors import PermanentError, TransientError
from background.send_once import Key, send_once


def send_mail_once(*, kind: str, about: str, to: str, context: Mapping[str, Any]) -> bool:
    """Send a mail rendered from mails/{kind}.subject.txt, .txt and .html; whether this call did.

    A mail of the same kind about the same thing to the same address goes out once; `about` names
    the thing by kind and id, such as "application:12". Raises TransientError when the mail server
    may take it later, PermanentError when it knows no such address, and what send_once raises.
    """
    mail = _render(kind, to, context)
    return send_once(Key(kind, about, to), partial(_send, mail))


def _render(kind: str, to: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    values = {"project_name": settings.PROJECT_NAME, **context}
    subject = " ".join(render_to_string(f"mails/{kind}.subject.txt", values).split())
    mail = EmailMultiAlternatives(subject, render_to_string(f"mails/{kind}.txt", values), to=[to])
    mail.attach_alternative(render_to_string(f"mails/{kind}.html", values), "text/html")
    return mail


def _send(mail: EmailMultiAlternatives, sending_id: UUID) -> None:
    """Send it under an id of its own, by which a repeated mail can be recognised."""
    _, sender = parseaddr(mail.from_email)
    mail.extra_headers["Message-ID"] = f"<{sending_id}@{sender.rpartition('@')[2]}>"
    with _understanding():
        mail.send()


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
