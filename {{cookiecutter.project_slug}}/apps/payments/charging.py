"""Charging an employer's card for a featured posting."""

from apps.accounts.models import User
from apps.jobs import featuring
from apps.jobs.models import Job
from apps.payments.models import Payment
from apps.payments.transfers import gateway_for
from background.errors import PermanentError


class NotPayableError(PermanentError):
    """A posting can't be paid for; the text says why."""


class NotOwnPostingError(NotPayableError):
    """It is not for this user to pay for it."""


def ensure_payable(job: Job, payer: User) -> None:
    """Raise NotPayableError unless the payer may have this posting featured now."""
    if job.employer_id != payer.pk or not payer.is_active:
        raise NotOwnPostingError("This posting is somebody else's.")
    if not job.takes_applications:
        raise NotPayableError("This posting is over.")
    if job.is_featured:
        raise NotPayableError("This posting is featured already.")


def charge(payment: Payment) -> str:
    """Charge the card of a payment; the id of the charge.

    What may have been charged already is not called into question any more. Raises NotPayableError,
    and what the gateway raises.
    """
    if payment.asked_at is None:
        ensure_payable(payment.job, payment.owner)
    _refuse_superseded(payment)
    with gateway_for(payment) as gateway:
        return gateway.charge(
            key=payment.gateway_key,
            card=payment.card,
            amount=payment.amount,
            currency=payment.currency,
        )


def store(payment: Payment, charge_id: str) -> None:
    """Give what was paid for, inside the caller's transaction."""
    payment.charge_id = charge_id
    payment.save(update_fields=["charge_id"])
    featuring.feature(payment.job)


def _refuse_superseded(payment: Payment) -> None:
    """Raise NotPayableError when another one has paid since this was ordered.

    This one had failed then, and is replayed.
    """
    paid = Payment.objects.filter(
        job=payment.job_id, status=Payment.Status.COMPLETE, finished_at__gt=payment.created_at
    )
    if paid.exists():
        raise NotPayableError("This posting was paid for by another payment.")
