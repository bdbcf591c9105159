"""Mails from templates."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send_mail_from_templates(*, kind: str, to: str, context: Mapping[str, Any]) -> None:
    """Send one mail, rendered from mails/{kind}.subject.txt, .txt and .html.

    Raises OSError or smtplib.SMTPException when the mail server does not take it.
    """
    values = {"project_name": settings.PROJECT_NAME, **context}
    subject = " ".join(render_to_string(f"mails/{kind}.subject.txt", values).split())
    mail = EmailMultiAlternatives(subject, render_to_string(f"mails/{kind}.txt", values), to=[to])
    mail.attach_alternative(render_to_string(f"mails/{kind}.html", values), "text/html")
    mail.send()
