"""What a push backend is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from background.errors import PermanentError


class UnregisteredDeviceError(PermanentError):
    """The service does not know the device any more, for example because the app was removed."""


class PushBackend(ABC):
    """A way to reach devices."""

    @abstractmethod
    def send(self, token: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """Push to the device of a token; `data` is for the app on it.

        Two pushes with the same `data["notification"]` are one that was sent twice. Raises
        TransientError when the service may take it later, and UnregisteredDeviceError.
        """
