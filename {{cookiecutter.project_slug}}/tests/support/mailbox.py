"""A real mail server on 127.0.0.1 that keeps what it is given."""

import logging
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from operations.servers.ports import free_port
from tests.support.waiting import PATIENCE, wait_until

# The server library tells of every line; in the report of a failed test nobody would find the rest.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Mailbox:
    """Every mail that the project sent, in order."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.mails: list[EmailMessage] = []
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail; the name is the server library's."""
        mail = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()

    def to(self, address: str, subject: str = "") -> list[EmailMessage]:
        """The mails to an address whose subject contains `subject`."""
        return [m for m in self.mails if address in str(m["To"]) and subject in str(m["Subject"])]

    def wait_for(self, to: str, subject: str = "", timeout: float = PATIENCE) -> EmailMessage:
        """The first such mail, as soon as it is there (seconds)."""
        return wait_until(lambda: self.to(to, subject), timeout)[0]
