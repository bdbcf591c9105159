"""What an SMS backend is."""

from abc import ABC, abstractmethod

from background.errors import PermanentError


class UnreachableNumberError(PermanentError):
    """No text message goes to this number, for example because its owner wants none."""


class SmsBackend(ABC):
    """A way to send text messages."""

    @abstractmethod
    def send(self, phone: str, message: str) -> None:
        """Text to a number in E.164, such as +4930123456.

        Raises TransientError when the service may take it later, and UnreachableNumberError.
        """
