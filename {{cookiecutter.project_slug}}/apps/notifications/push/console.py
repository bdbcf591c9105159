"""Pushes where there is no push service, such as in development."""

import logging
from collections.abc import Mapping

from apps.notifications.push.base import PushBackend

logger = logging.getLogger(__name__)


class ConsolePush(PushBackend):
    """Writes one log line for each push."""

    def send(self, token: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """Log the push."""
        logger.info("Push to device %s…: %r, %r, %s", token[:12], title, body, dict(data))
