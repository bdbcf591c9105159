"""Money in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.jobs.models import Job
from apps.payments.models import Payment
from tests.apps.payments.making import pay, pay_out


@pytest.mark.parametrize("kind", ["payment", "payout", "payoutaccount"])
def test_the_admin_lists_and_finds_them(
    admin_client: Client, staff: User, job: Job, kind: str
) -> None:
    pay(job)
    pay_out(staff, job.employer)

    answer = admin_client.get(
        reverse(f"admin:payments_{kind}_changelist"), {"q": job.employer.email}
    )

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 1


def test_nobody_changes_the_books(admin_client: Client, job: Job) -> None:
    payment = pay(job)
    shown = admin_client.get(reverse("admin:payments_payment_change", args=[payment.pk]))
    deleted = admin_client.post(
        reverse("admin:payments_payment_delete", args=[payment.pk]), {"post": "yes"}
    )

    assert (shown.status_code, deleted.status_code) == (200, 403)
    assert Payment.objects.exists()
