"""What a payment gateway is."""

from abc import ABC, abstractmethod
from datetime import timedelta

from django.conf import settings

from background.errors import PermanentError, TransientError


class RefusedError(Exception):
    """The money was not moved, and never will be with this key; the text says why."""


class DeclinedError(RefusedError, PermanentError):
    """The card is not charged, for the reason that this says to its owner."""


class GatewayUnavailableError(TransientError):
    """The gateway may have moved the money or not, and may say so when it is asked again.

    That is to be with the same key, and not before settings.PAYMENT_RETRY_SECONDS have passed.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, retry_after=settings.PAYMENT_RETRY_SECONDS)


class PaymentGateway(ABC):
    """A way to move money.

    Amounts are in the minor unit of their currency, such as cents, and currencies as in ISO 4217.
    A request that is repeated with the same `key` moves the money once and has the same answer.
    Methods raise RefusedError, after which only another key may do, and GatewayUnavailableError.
    """

    # For how long a key is recognised.
    remembers: timedelta

    @abstractmethod
    def charge(self, *, key: str, card: str, amount: int, currency: str) -> str:
        """Charge the card behind a token; the id of the charge. Raises DeclinedError."""

    @abstractmethod
    def pay_out(self, *, key: str, account: str, amount: int, currency: str) -> str:
        """Pay to an account; the id of the transfer."""
