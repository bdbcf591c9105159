"""The mails about payments; their texts stand in templates/mails."""

from django.conf import settings

from apps.payments.models import Payment
from background.mail import send_mail_once


def send_outcome(payment_id: str, outcome: str) -> None:
    """Tell an employer how a payment ended, once for each outcome.

    `outcome` is a final status; nothing when the payment has another one by now.
    """
    payment = (
        Payment.objects.select_related("owner", "job")
        .filter(pk=payment_id, status=outcome, owner__is_active=True)
        .first()
    )
    if payment is None:
        return
    send_mail_once(
        kind=f"payment_{outcome.lower()}",
        about=f"payment:{payment.pk}",
        to=payment.owner.email,
        context={
            "name": payment.owner.get_full_name(),
            "job": payment.job.title,
            "price": _price(payment),
            "reason": payment.error,
            "in_doubt": payment.is_in_doubt,
            "reference": payment.pk,
            "url": settings.FRONTEND_URL,
        },
    )


def _price(payment: Payment) -> str:
    """The amount as people write it, such as 49.00 EUR."""
    major, minor = divmod(payment.amount, 100)
    return f"{major}.{minor:02} {payment.currency}"
