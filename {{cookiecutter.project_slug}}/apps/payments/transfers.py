"""What moving money has in common, whichever way it goes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import PaymentGateway, RefusedError
from apps.payments.models import Transfer


class ForgottenKeyError(Exception):
    """The gateway may have moved the money, but would not recognise a repeated request.

    Somebody has to look it up there.
    """


@contextmanager
def gateway_for(transfer: Transfer) -> Iterator[PaymentGateway]:
    """The gateway, to be asked at once to move the money, with `transfer.gateway_key` as key.

    A refusal is noted. Raises LeaseLostError when the row is somebody else's by now, and
    ForgottenKeyError.
    """
    gateway = get_gateway()
    now = timezone.now()
    if transfer.asked_at is None:
        transfer.asked_at = now
        transfer.save(update_fields=["asked_at"])
    if now - transfer.asked_at > gateway.remembers:
        raise ForgottenKeyError(
            f"The gateway was asked at {transfer.asked_at.isoformat()} and may have forgotten it"
        )
    transfer.ensure_lease()
    try:
        yield gateway
    except RefusedError:
        _note_refusal(transfer)
        raise


def _note_refusal(transfer: Transfer) -> None:
    # By then somebody else may have been told the same, and have asked with the next key.
    with_this_key = type(transfer)._default_manager.filter(refusals=transfer.refusals)
    transfer.move_if_in(with_this_key, refusals=transfer.refusals + 1, asked_at=None)
