"""Payments where no money is to move, such as in development."""

import logging
import time
from datetime import timedelta

from apps.payments.gateways.base import DeclinedError, GatewayUnavailableError, PaymentGateway

logger = logging.getLogger(__name__)

# What happens goes by the card; every other one is charged at once. The first is Stripe's name for
# such a card.
DECLINED = "pm_card_visa_chargeDeclined"
UNAVAILABLE = "pm_card_unavailable"
SLOW = "pm_card_slow"
# How long the slow card takes (seconds).
SLOWNESS = 5


class SandboxGateway(PaymentGateway):
    """Moves no money, and writes a log line for each request.

    It keeps no books: a request that is repeated with the same key is logged again, and has the
    same id.
    """

    remembers = timedelta.max

    def charge(self, *, key: str, card: str, amount: int, currency: str) -> str:
        """Log the request, unless the card is one of those that stand for a failure."""
        if card == DECLINED:
            raise DeclinedError("Your card was declined.")
        if card == UNAVAILABLE:
            raise GatewayUnavailableError("The payment service is not available")
        if card == SLOW:
            time.sleep(SLOWNESS)
        logger.info("Charge of %d %s to %s", amount, currency, card)
        return f"sandbox_{key}"

    def pay_out(self, *, key: str, account: str, amount: int, currency: str) -> str:
        """Log the request."""
        logger.info("Transfer of %d %s to %s", amount, currency, account)
        return f"sandbox_{key}"
