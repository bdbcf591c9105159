"""Money of which only the gateway knows whether it was moved."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.jobs.models import Job
from apps.payments import charging, paying_out, services
from apps.payments.gateways.base import GatewayUnavailableError
from apps.payments.models import Payment, Transfer
from apps.webhooks.models import Delivery
from background import dead_letters, lifecycle
from background.models import DeadLetter, Work
from tests.apps.payments.making import PAYMENTS, in_our_hands, new_key, order, pay, pay_out
from tests.apps.payments.servers import StripeServer, stripe_error
from tests.apps.webhooks.making import make_subscription
from tests.support.mailbox import Mailbox
from tests.support.waiting import wait_until

MOVED, UNMOVED = "note_moved", "note_unmoved"


@pytest.fixture(autouse=True)
def stripe_here(stripe_here: StripeServer) -> StripeServer:
    """The gateway of this process, which moves the money and then answers with an error."""
    stripe_here.breakdown = stripe_error(500, "api_error")
    return stripe_here


def in_doubt[**P, T: Transfer](order: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What is ordered so, FAILED without the gateway's word."""
    # No worker may take it before us.
    with transaction.atomic():
        held = in_our_hands(order(*args, **kwargs))
    move = charging.charge if isinstance(held, Payment) else paying_out.pay
    with pytest.raises(GatewayUnavailableError) as raised:
        move(held)
    lifecycle.fail(held, raised.value)
    return held


def decide(staff: Client, action: str, transfer: Transfer) -> str:
    """Tell in the admin what the gateway shows; the page that says what became of that."""
    url = reverse(f"admin:payments_{transfer._meta.model_name}_changelist")
    data = {"action": action, "_selected_action": [str(transfer.pk)]}
    return staff.post(url, data, follow=True).content.decode()


def pay_again(client: APIClient, job: Job) -> Any:
    """Order another payment for a posting."""
    return client.post(PAYMENTS, order(job), headers={"Idempotency-Key": new_key()})


def test_nobody_pays_again_as_long_as_the_gateway_was_not_looked_at(
    stripe_here: StripeServer, client: APIClient, job: Job
) -> None:
    in_doubt(pay, job)

    response = pay_again(client, job)

    assert response.status_code == 400
    assert response.json() == {
        "job": ["Whether your last payment for this posting went through is not known yet."]
    }
    assert len(stripe_here.charges) == 1


@pytest.mark.usefixtures("worker")
def test_the_mail_asks_not_to_pay_again(job: Job, mailbox: Mailbox) -> None:
    payment = in_doubt(pay, job)

    mail = mailbox.wait_for(to=job.employer.email, subject="Your payment failed")

    text = mail.get_body(("plain",)).get_content()
    assert "please don't pay again" in text
    assert str(payment.pk) in text
    assert "You may pay again" not in text


def test_the_owner_is_told_by_webhook_and_by_the_payment(client: APIClient, job: Job) -> None:
    make_subscription(job.employer, "https://example.com/hook")

    payment = in_doubt(pay, job)

    told = json.loads(Delivery.objects.get().body)
    assert (told["type"], told["data"]["in_doubt"]) == ("payment.failed", True)
    assert client.get(f"{PAYMENTS}{payment.pk}/").json()["in_doubt"] is True


def test_the_admin_shows_who_is_in_doubt(admin_client: Client, job: Job) -> None:
    payment = in_doubt(pay, job)
    doubtful = decide(admin_client, "", payment)

    decided = decide(admin_client, UNMOVED, payment)

    assert (">in doubt<" in doubtful, ">in doubt<" in decided) == (True, False)


def test_a_payment_that_moved_nothing_lets_another_one_be_ordered(
    admin_client: Client, client: APIClient, job: Job
) -> None:
    payment = in_doubt(pay, job)

    assert "1 of 1 decided" in decide(admin_client, UNMOVED, payment)

    assert not Payment.objects.get().is_in_doubt
    assert Payment.objects.get().status == Work.Status.FAILED
    assert pay_again(client, job).status_code == 202


def test_a_payment_that_moved_nothing_may_be_replayed_with_another_key(
    stripe_here: StripeServer, admin_client: Client, job: Job
) -> None:
    payment = in_doubt(pay, job)
    decide(admin_client, UNMOVED, payment)
    stripe_here.breakdown = None

    dead_letters.replay(DeadLetter.objects.get())
    charging.charge(in_our_hands(payment))

    assert stripe_here.calls == {str(payment.pk): 1, f"{payment.pk}-1": 1}


def test_one_that_failed_before_is_not_replayed_beside_one_in_doubt(job: Job) -> None:
    before = in_doubt(pay, job)
    services.note_unmoved(job.employer, before)
    in_doubt(pay, job)

    with pytest.raises(LookupError, match="another one keeps it from being open"):
        dead_letters.replay(DeadLetter.objects.get(work_id=before.pk))


@pytest.mark.usefixtures("worker")
def test_a_payment_that_was_moved_is_complete_and_told(
    stripe_here: StripeServer,
    admin_client: Client,
    client: APIClient,
    job: Job,
    mailbox: Mailbox,
) -> None:
    payment = in_doubt(pay, job)

    assert "1 of 1 decided" in decide(admin_client, MOVED, payment)

    payment.refresh_from_db()
    assert (payment.status, payment.error) == (Work.Status.COMPLETE, "")
    assert Job.objects.get().is_featured
    mailbox.wait_for(to=job.employer.email, subject="Receipt")
    assert pay_again(client, job).status_code == 400
    assert len(stripe_here.charges) == 1


@pytest.mark.parametrize(
    ("action", "status"), [(MOVED, Work.Status.COMPLETE), (UNMOVED, Work.Status.FAILED)]
)
def test_a_payout_is_decided_as_well(
    admin_client: Client, staff: User, user: User, action: str, status: str
) -> None:
    payout = in_doubt(pay_out, staff, user)

    assert "1 of 1 decided" in decide(admin_client, action, payout)

    payout.refresh_from_db()
    assert payout.status == status
    assert not payout.is_in_doubt


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("action", [MOVED, UNMOVED])
def test_the_audit_log_says_who_decided(admin_client: Client, job: Job, action: str) -> None:
    payment = in_doubt(pay, job)

    decide(admin_client, action, payment)

    done = action.removeprefix("note_")
    entry = wait_until(lambda: AuditEntry.objects.filter(action=f"payment.{done}").first())
    assert (entry.actor.is_superuser, entry.about) == (True, f"payment:{payment.pk}")


@pytest.mark.parametrize("action", [MOVED, UNMOVED])
@pytest.mark.parametrize("status", Work.Status.values)
def test_what_is_in_no_doubt_is_left_alone(
    admin_client: Client, job: Job, action: str, status: str
) -> None:
    payment = pay(job)
    Payment.objects.update(status=status)

    assert "was not in doubt" in decide(admin_client, action, payment)

    payment.refresh_from_db()
    assert (payment.status, payment.refusals) == (status, 0)
    assert not Job.objects.get().is_featured


def test_what_is_replayed_at_this_moment_is_in_no_doubt(staff: User, job: Job) -> None:
    payment = in_doubt(pay, job)
    dead_letters.replay(DeadLetter.objects.get())

    assert not services.note_moved(staff, payment)
    assert not services.note_unmoved(staff, payment)


def test_who_may_only_read_payments_decides_nothing(staff: User, job: Job) -> None:
    staff.user_permissions.add(Permission.objects.get(codename="view_payment"))
    reader = Client()
    reader.force_login(staff)
    payment = in_doubt(pay, job)

    page = decide(reader, MOVED, payment)

    assert payment.job.title in page
    assert "The gateway shows" not in page
    assert Payment.objects.get().is_in_doubt
