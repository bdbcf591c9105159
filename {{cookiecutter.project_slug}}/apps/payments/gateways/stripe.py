"""Payments through Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.payments.gateways.base import (
    DeclinedError,
    GatewayUnavailableError,
    PaymentGateway,
    RefusedError,
)

CONNECT_SECONDS = 5
# Another request with the same key is still being worked on.
KEY_IN_USE = 409
CLIENT_ERRORS = range(400, 500)
# There is not enough to pay out from.
NO_BALANCE = "balance_insufficient"


class StripeGateway(PaymentGateway):
    """Charges by payment intents, and pays out by transfers to connected accounts.

    Stripe keeps the first answer to a key once it has begun with the request, be it a decline or a
    500, and gives it again to every retry. So a 500 stays one, and whether the money was moved has
    to be looked up there.
    """

    # Stripe may forget a key after 24 hours; the rest is for clocks that differ.
    remembers = timedelta(hours=23)

    def __init__(self) -> None:
        if not settings.STRIPE_SECRET_KEY:
            raise ImproperlyConfigured(
                "PAYMENT_GATEWAY is Stripe's, which needs STRIPE_SECRET_KEY: "
                "set what Stripe's dashboard shows."
            )
        self._client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_URL},
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, settings.STRIPE_TIMEOUT)),
            # The row owns its retries.
            max_network_retries=0,
        )

    def charge(self, *, key: str, card: str, amount: int, currency: str) -> str:
        """Make a payment intent and confirm it; the id is the intent's."""
        with _understanding():
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount,
                    "currency": currency.lower(),
                    "payment_method": card,
                    "confirm": True,
                    # A debit, say, would be on its way for days.
                    "allowed_payment_method_types": ["card"],
                    # Nobody is there to answer a question of the bank's.
                    "error_on_requires_action": True,
                    "metadata": {"payment": key},
                },
                {"idempotency_key": key},
            )
        if intent.status != "succeeded":
            raise GatewayUnavailableError(f"The payment service still decides ({intent.status})")
        return intent.id

    def pay_out(self, *, key: str, account: str, amount: int, currency: str) -> str:
        """Transfer from the site's balance to a connected account."""
        with _understanding():
            transfer = self._client.v1.transfers.create(
                {
                    "amount": amount,
                    "currency": currency.lower(),
                    "destination": account,
                    "metadata": {"payout": key},
                },
                {"idempotency_key": key},
            )
        return transfer.id


@contextmanager
def _understanding() -> Iterator[None]:
    """Raise what follows from an answer that is not OK; our own faults stay what they are."""
    try:
        yield
    except stripe.CardError as error:
        raise DeclinedError(error.user_message or "The card was declined.") from error
    except stripe.InvalidRequestError as error:
        # Most others are told before the key is looked at: earlier requests may have moved money.
        if error.code != NO_BALANCE:
            raise
        raise RefusedError(str(error)) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayUnavailableError("The payment service did not answer, or is busy") from error
    except stripe.APIError as error:
        # An answer that can't be read may stand for a charge.
        status = error.http_status or 0
        if status != KEY_IN_USE and status in CLIENT_ERRORS:
            raise
        raise GatewayUnavailableError(f"The payment service is not available ({status})") from error
