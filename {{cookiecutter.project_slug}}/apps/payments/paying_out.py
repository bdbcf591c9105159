"""Paying users what the site owes them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from apps.payments.models import Payout
from apps.payments.transfers import gateway_for
from background.errors import TransientError
from fastdata import locks


@contextmanager
def sole_payer(payout: Payout) -> Iterator[None]:
    """Keep other workers from paying this, for PAYOUT_LOCK_SECONDS at most.

    Raises TransientError while another one pays it, and ConnectionError without Redis.
    """
    seconds = settings.PAYOUT_LOCK_SECONDS
    with locks.held(f"payout:{payout.pk}", seconds=seconds) as had:
        if not had:
            raise TransientError("Another worker is paying it now", retry_after=seconds)
        yield


def pay(payout: Payout) -> str:
    """Pay what is owed; the id of the transfer. Raises what the gateway raises."""
    with gateway_for(payout) as gateway:
        return gateway.pay_out(
            key=payout.gateway_key,
            account=payout.account,
            amount=payout.amount,
            currency=payout.currency,
        )
