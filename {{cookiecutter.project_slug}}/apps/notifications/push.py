"""Pushes to phones: the interface, and the backend for machines without a push service."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


class PushBackend(ABC):
    """A way to reach phones."""

    @abstractmethod
    def send(self, user_id: int, title: str, body: str, data: Mapping[str, str]) -> None:
        """Push to every phone of a user; `data` is for the app on it.

        Raises TransientError when the service may take it later.
        """


class ConsolePush(PushBackend):
    """Writes one log line for each push."""

    def send(self, user_id: int, title: str, body: str, data: Mapping[str, str]) -> None:
        """Log the push."""
        logger.info("Push to user %s: %r, %r, %s", user_id, title, body, dict(data))


def get_push_backend() -> PushBackend:
    """The backend that settings.PUSH_BACKEND names by dotted path."""
    return cast("PushBackend", import_string(settings.PUSH_BACKEND)())
