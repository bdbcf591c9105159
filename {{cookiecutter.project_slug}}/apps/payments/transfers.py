"""What moving money has in common, whichever way it goes."""

from django.utils import timezone

from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import PaymentGateway
from apps.payments.models import Transfer


class ForgottenKeyError(Exception):
    """The gateway may have moved the money, but would not recognise a repeated request.

    Somebody has to look it up there.
    """


def gateway_for(transfer: Transfer) -> PaymentGateway:
    """The gateway, to be asked at once to move the money, with the row's id as key.

    Raises LeaseLostError when the row is somebody else's by now, and ForgottenKeyError.
    """
    gateway = get_gateway()
    now = timezone.now()
    if transfer.asked_at is None:
        transfer.asked_at = now
        transfer.save(update_fields=["asked_at"])
    if now - transfer.asked_at > gateway.remembers:
        raise ForgottenKeyError(
            f"The gateway was asked for {transfer.label} at {transfer.asked_at.isoformat()} and "
            "may have forgotten it: look there whether the money was moved"
        )
    transfer.ensure_lease()
    return gateway
