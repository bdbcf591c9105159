"""Money in and out; each row moves it once, however often its task runs."""

from typing import TYPE_CHECKING

from celery import shared_task

from apps.payments import announcements, charging, mails, paying_out
from background.decorators import work_task
from background.task import BackgroundTask

if TYPE_CHECKING:
    from apps.payments.models import Payment, Payout


def tell_employer(payment: "Payment") -> None:
    """Have the news about a payment sent, with the transaction that ends it."""
    announcements.announce_outcome(payment)
    mail_payment_outcome.delay_on_commit(str(payment.pk), payment.status)


@work_task("payments.Payment", max_retries=3, on_failure=tell_employer)
def process_payment(payment: "Payment") -> None:
    """Charge for a featured posting, feature it, and send the receipt."""
    charge_id = charging.charge(payment)
    with payment.completing():
        charging.store(payment, charge_id)
        tell_employer(payment)


@work_task(
    "payments.Payout",
    retry_delay=30,  # five tries outlast a quarter of an hour without Redis
)
def pay_out(payout: "Payout") -> None:
    """Pay what a user is owed."""
    with paying_out.sole_payer(payout):
        transfer_id = paying_out.pay(payout)
        with payout.completing():
            payout.transfer_id = transfer_id
            payout.save(update_fields=["transfer_id"])


@shared_task(base=BackgroundTask)
def mail_payment_outcome(payment_id: str, outcome: str) -> None:
    """Mail an employer that a payment is COMPLETE or FAILED."""
    mails.send_outcome(payment_id, outcome)
