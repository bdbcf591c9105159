"""Tells at the start what would otherwise fail with the first payment."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from apps.payments.gateways import get_gateway

SANDBOX = "apps.payments.gateways.sandbox.SandboxGateway"
STRIPE = "apps.payments.gateways.stripe.StripeGateway"


def check_gateway(**kwargs: Any) -> list[CheckMessage]:
    """An error when the gateway can't be had as the settings are."""
    try:
        get_gateway()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="Mend the setting that it names", id="payments.E001")]
    return []


def check_that_money_moves(**kwargs: Any) -> list[CheckMessage]:
    """A warning when production gives away what it means to sell."""
    if not settings.IN_PRODUCTION or settings.PAYMENT_GATEWAY != SANDBOX:
        return []
    return [
        CheckWarning(
            "PAYMENT_GATEWAY is the sandbox, which charges nobody: postings are featured for free.",
            hint=f"Set PAYMENT_GATEWAY to {STRIPE}",
            id="payments.W001",
        )
    ]
