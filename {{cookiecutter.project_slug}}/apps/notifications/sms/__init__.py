"""Text messages, by whichever backend settings.SMS_BACKEND names; without one there are none."""

from typing import cast

from apps.backends import make_backend
from apps.notifications.sms.base import SmsBackend


def get_sms_backend() -> SmsBackend:
    """The backend. Raises ImproperlyConfigured with what to do when it can't be had."""
    return cast("SmsBackend", make_backend("SMS_BACKEND"))
