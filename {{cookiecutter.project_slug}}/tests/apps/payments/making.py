"""Orders to move money, and their ends."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.models import Job
from apps.payments import services
from apps.payments.models import Payment, Payout, PayoutAccount, Transfer
from background import lifecycle
from background.models import Work
from background.recovery import recover
from tests.support.waiting import wait_until

PAYMENTS = "/api/v1/payments/"
PAYOUTS = "/api/v1/payouts/"
CARD = "pm_card_visa"
ACCOUNT = "acct_1"


def new_key() -> str:
    """An idempotency key."""
    return str(uuid4())


def order(job: Job, **changes: Any) -> dict[str, Any]:
    """What an employer sends."""
    return {"job": job.pk, "card": CARD} | changes


def bonus(user: User, **changes: Any) -> dict[str, Any]:
    """What one of the staff sends."""
    wanted = {"user": user.pk, "amount": 5000, "currency": "EUR", "reason": "Referral of a friend"}
    return wanted | changes


def pay(job: Job, card: str = CARD) -> Payment:
    """The payment of an employer for a posting, on its way."""
    return services.pay(job.employer, new_key(), job=job, card=card)


def pay_out(staff: User, user: User) -> Payout:
    """A payout to a user, on its way."""
    PayoutAccount.objects.get_or_create(user=user, account=ACCOUNT)
    wanted = {"amount": 5000, "currency": "EUR", "reason": "Referral of a friend"}
    return services.order_payout(staff, new_key(), user=user, **wanted)


def in_our_hands[T: Transfer](transfer: T) -> T:
    """The same, claimed by this process for its next attempt."""
    held = lifecycle.claim(type(transfer), transfer.pk, transfer.attempts + 1)
    assert held
    return held


def end_of[T: Transfer](transfer: T) -> T:
    """The same once it is final; its retries need not wait."""

    def look() -> T | None:
        rows = type(transfer)._default_manager.filter(pk=transfer.pk)
        rows.filter(status=Work.Status.PENDING, failures__gt=0).update(due_at=timezone.now())
        recover()
        found = rows.get()
        return found if found.is_final else None

    return wait_until(look)
