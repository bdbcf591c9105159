"""Money in and out, by whichever gateway settings.PAYMENT_GATEWAY names."""

from typing import cast

from apps.backends import make_backend
from apps.payments.gateways.base import PaymentGateway


def get_gateway() -> PaymentGateway:
    """The gateway. Raises ImproperlyConfigured with what to do when it can't be had."""
    return cast("PaymentGateway", make_backend("PAYMENT_GATEWAY"))
