"""Text messages where there is no service for them, such as in development."""

import logging

from apps.notifications.sms.base import SmsBackend

logger = logging.getLogger(__name__)


class ConsoleSms(SmsBackend):
    """Writes one log line for each text message."""

    def send(self, phone: str, message: str) -> None:
        """Log the text message."""
        logger.info("Text to phone …%s: %r", phone[-4:], message)
