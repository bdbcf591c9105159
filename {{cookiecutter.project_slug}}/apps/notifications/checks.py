"""Tells at the start what would otherwise fail with the first push or text message."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from apps.notifications.push import get_push_backend
from apps.notifications.sms import get_sms_backend

HINT = "Mend the setting that it names, or leave out the backend: pushes then go to the terminal"


def check_backends(**kwargs: Any) -> list[CheckMessage]:
    """An error for each backend that can't be had as the settings are."""
    chosen = [get_push_backend, get_sms_backend] if settings.SMS_BACKEND else [get_push_backend]
    errors: list[CheckMessage] = []
    for get_backend in chosen:
        try:
            get_backend()
        except ImproperlyConfigured as error:
            errors.append(Error(str(error), hint=HINT, id="notifications.E001"))
    return errors
