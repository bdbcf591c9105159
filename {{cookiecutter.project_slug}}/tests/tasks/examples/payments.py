"""Money; the sandbox writes a line each time that it is asked to move some."""

from django.conf import settings

from apps.payments.models import Payment, Payout
from apps.payments.tasks import mail_payment_outcome
from background.models import Work
from tests.apps.jobs.postings import make_job
from tests.apps.payments.making import ACCOUNT, CARD, new_key
from tests.apps.people import make_user
from tests.tasks.example import Example, FarEnds, call

EMPLOYER = "employer@example.org"


def charge(far: FarEnds) -> Work:
    """A payment that was just ordered."""
    return pay()


def pay_out(far: FarEnds) -> Work:
    """A payout that was just ordered."""
    return Payout.objects.create(
        owner=make_user("staff@example.org"),
        user=make_user("seeker@example.org", "seeker"),
        account=ACCOUNT,
        amount=5000,
        currency="EUR",
        idempotency_key=new_key(),
    )


def mail_receipt(far: FarEnds) -> Work:
    """A payment that is COMPLETE."""
    return mail_outcome(Payment.Status.COMPLETE)


def mail_failure(far: FarEnds) -> Work:
    """A payment that FAILED."""
    return mail_outcome(Payment.Status.FAILED)


def mail_outcome(outcome: Payment.Status) -> Work:
    """The call for a payment that came to this end."""
    payment = pay(status=outcome, due_at=None)
    return call(mail_payment_outcome, str(payment.pk), outcome)


def pay(**columns: object) -> Payment:
    """The payment of an employer for a posting."""
    employer = make_user(EMPLOYER, "employer")
    values: dict[str, object] = {
        "owner": employer,
        "job": make_job(employer),
        "card": CARD,
        "amount": settings.FEATURED_PRICE,
        "currency": settings.FEATURED_CURRENCY,
        "idempotency_key": new_key(),
    }
    return Payment.objects.create(**values | columns)


EXAMPLES = [
    Example(
        task="apps.payments.tasks.process_payment",
        make=charge,
        effects=lambda far: far.log().count("Charge of"),
    ),
    Example(
        task="apps.payments.tasks.pay_out",
        make=pay_out,
        effects=lambda far: far.log().count("Transfer of"),
    ),
    Example(
        task="apps.payments.tasks.mail_payment_outcome",
        case="complete",
        make=mail_receipt,
        effects=lambda far: len(far.mailbox.to(EMPLOYER, subject="Receipt")),
    ),
    Example(
        task="apps.payments.tasks.mail_payment_outcome",
        case="failed",
        make=mail_failure,
        effects=lambda far: len(far.mailbox.to(EMPLOYER, subject="Your payment failed")),
    ),
]
