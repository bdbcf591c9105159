"""Pushes to devices, by whichever backend settings.PUSH_BACKEND names."""

from typing import cast

from apps.backends import make_backend
from apps.notifications.push.base import PushBackend


def get_push_backend() -> PushBackend:
    """The backend. Raises ImproperlyConfigured with what to do when it can't be had."""
    return cast("PushBackend", make_backend("PUSH_BACKEND"))
