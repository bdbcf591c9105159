"""What the servers of employers are told about payments."""

from apps.payments.models import Payment
from apps.webhooks.events import Event, announce


def announce_outcome(payment: Payment) -> None:
    """Announce that a payment is COMPLETE or FAILED, in the transaction that ends it."""
    complete = payment.status == Payment.Status.COMPLETE
    announce(
        Event.PAYMENT_COMPLETE if complete else Event.PAYMENT_FAILED,
        payment.owner_id,
        {
            "payment": str(payment.pk),
            "job": payment.job_id,
            "amount": payment.amount,
            "currency": payment.currency,
            "error": payment.error,
            "in_doubt": payment.is_in_doubt,
        },
    )
