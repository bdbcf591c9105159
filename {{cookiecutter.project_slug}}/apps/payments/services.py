"""What a request may ask for."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit.services import record
from apps.jobs.models import Job
from apps.payments import charging, tasks, transfers
from apps.payments.charging import NotPayableError, ensure_payable
from apps.payments.models import Payment, Payout, PayoutAccount, Transfer
from background.dispatch import dispatch

ON_ITS_WAY = "A payment for this posting is on its way."
IN_DOUBT = "Whether your last payment for this posting went through is not known yet."


class KeyReusedError(Exception):
    """The idempotency key came with another request before."""


class NoAccountError(Exception):
    """Nobody knows where to pay this user."""


def payments_of(user: User) -> "QuerySet[Payment]":
    """What a user has paid or tried to, newest first."""
    return Payment.objects.filter(owner=user)


@transaction.atomic
def pay(payer: User, key: str, *, job: Job, card: str) -> Payment:
    """Pay for having a posting featured; the card is charged after commit.

    A repeated request is given the payment of the first one. Raises KeyReusedError, and
    NotPayableError.
    """
    # One at a time for a posting, so that nobody pays for it twice.
    job = Job.objects.select_for_update().get(pk=job.pk)
    payment = Payment(
        owner=payer,
        idempotency_key=key,
        job=job,
        card=card,
        amount=settings.FEATURED_PRICE,
        currency=settings.FEATURED_CURRENCY,
    )
    earlier = _earlier(payment)
    if earlier:
        return earlier
    ensure_payable(job, payer)
    payments = Payment.objects.filter(job=job)
    if payments.filter(status__in=Payment.OPEN).exists():
        raise NotPayableError(ON_ITS_WAY)
    if payments.filter(Payment.IN_DOUBT).exists():
        raise NotPayableError(IN_DOUBT)
    try:
        return _order(payment)
    except IntegrityError as error:
        # An earlier one was replayed in between, which locks no posting.
        raise NotPayableError(ON_ITS_WAY) from error


@transaction.atomic
def order_payout(
    staff: User, key: str, *, user: User, amount: int, currency: str, reason: str
) -> Payout:
    """Order that a user is paid; the money moves after commit.

    A repeated request is given the payout of the first one. Raises KeyReusedError, and
    NoAccountError.
    """
    payout = Payout(
        owner=staff,
        idempotency_key=key,
        user=user,
        amount=amount,
        currency=currency,
        reason=reason,
    )
    earlier = _earlier(payout)
    if earlier:
        return earlier
    payout.account = _account_of(user)
    return _order(payout)


@transaction.atomic
def note_moved(staff: User, transfer: Transfer) -> bool:
    """Have it from one of the staff that the money was moved; whether that was in doubt.

    What was paid for is given, and the payer told.
    """
    if not transfers.note_moved(transfer):
        return False
    if isinstance(transfer, Payment):
        charging.store(transfer, charge_id="")
        tasks.tell_employer(transfer)
    _record(staff, "moved", transfer)
    return True


@transaction.atomic
def note_unmoved(staff: User, transfer: Transfer) -> bool:
    """Have it from one of the staff that nothing was moved; whether that was in doubt.

    It stays FAILED, and may be replayed or ordered anew.
    """
    if not transfers.note_unmoved(transfer):
        return False
    _record(staff, "unmoved", transfer)
    return True


def _earlier[T: Transfer](order: T) -> T | None:
    """The order that a request with the same key has made. Raises KeyReusedError."""
    orders = type(order)._default_manager
    earlier = orders.filter(owner=order.owner, idempotency_key=order.idempotency_key).first()
    if earlier and any(getattr(earlier, it) != getattr(order, it) for it in order.REQUESTED):
        raise KeyReusedError
    return earlier


def _order[T: Transfer](order: T) -> T:
    """Save and start an order, or give the one that the same request has just made elsewhere.

    Raises IntegrityError when another order excludes it.
    """
    try:
        with transaction.atomic():
            order.save()
    except IntegrityError:
        earlier = _earlier(order)
        if earlier is None:
            raise
        return earlier
    _record(order.owner, "ordered", order)
    dispatch(order)
    return order


def _record(actor: User, done: str, transfer: Transfer) -> None:
    kind = transfer._meta.model_name
    record(actor, f"{kind}.{done}", f"{kind}:{transfer.pk}", amount=transfer.amount)


def _account_of(user: User) -> str:
    account = PayoutAccount.objects.filter(user=user).first()
    if account is None:
        raise NoAccountError
    return account.account
