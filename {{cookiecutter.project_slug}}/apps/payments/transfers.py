"""What moving money has in common, whichever way it goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import PaymentGateway, RefusedError
from apps.payments.models import Transfer
from background import lifecycle


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
    asked_at = transfer.asked_at or timezone.now()
    if transfer.asked_at is None:
        # A save would put in doubt what somebody else has ended by now.
        transfer.move(asked_at=asked_at)
    transfer.ensure_lease()
    # Only now, because that waits for a database that is away.
    if timezone.now() - asked_at > gateway.remembers:
        raise ForgottenKeyError(
            f"The gateway was asked at {asked_at.isoformat()} and may have forgotten it"
        )
    try:
        yield gateway
    except RefusedError:
        if not _give_up_key(transfer, type(transfer)._default_manager.all()):
            transfer.refresh_from_db(fields=["refusals", "asked_at"])
        raise


def note_moved(transfer: Transfer) -> bool:
    """Note that one in doubt has moved the money, as the gateway shows; whether it was in doubt."""
    return lifecycle.recognise(transfer, _in_doubt(transfer))


def note_unmoved(transfer: Transfer) -> bool:
    """Note that one in doubt has moved nothing, as the gateway shows; whether it was in doubt.

    Its next request has a new key.
    """
    return _give_up_key(transfer, _in_doubt(transfer))


def _in_doubt(transfer: Transfer) -> "QuerySet[Any]":
    return type(transfer)._default_manager.filter(Transfer.IN_DOUBT)


def _give_up_key(transfer: Transfer, rows: "QuerySet[Any]") -> bool:
    # By then somebody else may have been told the same, and have asked with the next key.
    with_this_key = rows.filter(refusals=transfer.refusals)
    return transfer.move_if_in(with_this_key, refusals=transfer.refusals + 1, asked_at=None)
