"""Charging: once for each payment, whatever happens to messages, workers and the gateway."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from stripe import InvalidRequestError

from apps.accounts.models import User
from apps.jobs.models import Job
from apps.payments import charging, tasks
from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import DeclinedError, GatewayUnavailableError
from apps.payments.models import Payment
from apps.payments.transfers import ForgottenKeyError, note_unmoved
from background import dead_letters, lifecycle
from background.models import DeadLetter, TaskCall, Work
from background.recovery import recover
from background.registry import registration_for
from tests.apps.conftest import MakeUser
from tests.apps.jobs.postings import make_job
from tests.apps.payments.making import CARD, end_of, in_our_hands, pay
from tests.apps.payments.servers import DECLINED_CARD, PROCESSING, StripeServer, stripe_error
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.serving import Answer
from tests.support.waiting import wait_until

type StartWorker = Callable[..., Process]

DOWN = stripe_error(503, "api_error")


def replay(staff: Client, payment: Payment) -> str:
    """Replay the dead letter of a payment; the page that says what became of that."""
    letter = DeadLetter.objects.get(work_id=payment.pk)
    data = {"action": "replay", "_selected_action": [letter.pk]}
    return staff.post("/admin/background/deadletter/", data, follow=True).content.decode()


def failed_unmoved(job: Job) -> Payment:
    """A payment that ended as a dead letter, and has moved nothing, as somebody has seen."""
    payment = end_of(pay(job))
    assert note_unmoved(payment)
    return payment


def assert_unchanged(payment: Payment) -> None:
    """Assert that a payment is FAILED as it was, and that its letter tells of no replay."""
    now = Payment.objects.get(pk=payment.pk)
    assert (now.status, now.error, now.failures) == ("FAILED", payment.error, payment.failures)
    assert DeadLetter.objects.get(work_id=payment.pk).replays == 0


def test_a_payment_features_the_posting_and_sends_the_receipt_once(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, mailbox: Mailbox, mailoutbox: Any
) -> None:
    start_own_worker(env=stripe.environment)

    payment = end_of(pay(job))

    assert (payment.status, payment.charge_id) == (Work.Status.COMPLETE, "pi_1")
    assert stripe.charges[str(payment.pk)]["payment_method"] == CARD
    assert Job.objects.get().is_featured
    receipt = mailbox.wait_for(to=job.employer.email)
    assert receipt["Subject"] == "Receipt: Python developer is featured"
    assert "49.00 EUR" in receipt.get_body(("plain",)).get_content()
    tasks.mail_payment_outcome(str(payment.pk), Work.Status.COMPLETE)
    assert len(mailbox.to(job.employer.email)) == 1
    assert not mailoutbox


def test_lists_show_a_posting_that_was_featured_at_once(
    worker: Process, anonymous: APIClient, job: Job
) -> None:
    addresses = ["/api/v1/jobs/", f"/api/v1/jobs/{job.pk}/", "/api/v1/jobs/featured/"]
    assert not any('"is_featured":true' in anonymous.get(each).text for each in addresses)

    end_of(pay(job))

    wait_until(lambda: all('"is_featured":true' in anonymous.get(each).text for each in addresses))


def test_a_message_that_comes_twice_charges_once(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job
) -> None:
    stripe.answering.clear()
    start_own_worker(env=stripe.environment)
    payment = pay(job)
    wait_until(lambda: stripe.charges)
    task = registration_for(Payment).task
    for _ in range(3):
        task.apply_async((str(payment.pk), 1))

    # One more, which is behind all of them in the queue.
    behind = pay(make_job(job.employer))
    wait_until(lambda: len(stripe.charges) == 2)
    stripe.answering.set()

    assert end_of(payment).status == end_of(behind).status == Work.Status.COMPLETE
    assert stripe.calls == {str(payment.pk): 1, str(behind.pk): 1}


def test_a_worker_killed_between_charge_and_save_charges_once(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, mailbox: Mailbox
) -> None:
    stripe.answering.clear()
    worker = start_own_worker(env=stripe.environment)
    payment = pay(job)
    wait_until(lambda: stripe.charges)

    worker.kill()
    stripe.answering.set()
    start_own_worker(env=stripe.environment)
    payment = end_of(payment)

    assert (payment.status, payment.crashes) == (Work.Status.COMPLETE, 1)
    assert (payment.failures, payment.charge_id) == (0, "pi_1")
    assert stripe.calls == {str(payment.pk): 2}
    assert len(stripe.charges) == 1
    mailbox.wait_for(to=job.employer.email, subject="Receipt")


def test_a_declined_card_is_told_and_not_tried_again(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, mailbox: Mailbox
) -> None:
    start_own_worker(env=stripe.environment)

    payment = end_of(pay(job, DECLINED_CARD))

    assert (payment.status, payment.error) == (Work.Status.FAILED, "Your card was declined.")
    assert stripe.calls == {str(payment.pk): 1}
    assert not DeadLetter.objects.exists()
    assert not Job.objects.get().is_featured
    news = mailbox.wait_for(to=job.employer.email)
    assert news["Subject"] == "Your payment failed: Python developer"
    assert "Your card was declined." in news.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (DOWN, "The payment service is not available (503)"),
        # The money may still move.
        ((200, PROCESSING), "The payment service still decides (processing)"),
    ],
)
def test_a_gateway_that_is_down_or_slow_is_left_alone_for_five_minutes(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, answer: Answer, error: str
) -> None:
    stripe.outage = answer
    start_own_worker(env=stripe.environment)
    payment = pay(job)

    def failed_once() -> bool:
        payment.refresh_from_db()
        return payment.failures == 1 and payment.status == Work.Status.PENDING

    wait_until(failed_once)
    recover()
    assert payment.due_at
    assert timedelta(seconds=290) < payment.due_at - timezone.now() <= timedelta(seconds=300)
    assert payment.error == error
    assert settings.PAYMENT_RETRY_SECONDS == 300


def test_a_gateway_that_stays_down_is_asked_four_times(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, mailbox: Mailbox
) -> None:
    stripe.outage = DOWN
    start_own_worker(env=stripe.environment | {"PAYMENT_RETRY_SECONDS": "0"})

    payment = end_of(pay(job))

    assert payment.status == Work.Status.FAILED
    assert stripe.calls == {str(payment.pk): 4}
    mailbox.wait_for(to=job.employer.email, subject="Your payment failed")

    stripe.outage = None
    dead_letters.replay(DeadLetter.objects.get())
    payment = end_of(payment)

    assert payment.status == Work.Status.COMPLETE
    assert len(stripe.charges) == 1
    mailbox.wait_for(to=job.employer.email, subject="Receipt")
    assert len(mailbox.to(job.employer.email)) == 2


def test_a_card_that_was_declined_is_charged_by_a_later_replay(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, admin_client: Client
) -> None:
    stripe.outage = DOWN
    start_own_worker(env=stripe.environment | {"PAYMENT_RETRY_SECONDS": "0"})
    payment = end_of(pay(job, DECLINED_CARD))
    stripe.outage = None
    replay(admin_client, payment)
    assert end_of(payment).error == "Your card was declined."

    stripe.declined.clear()
    replay(admin_client, payment)

    assert end_of(payment).status == Work.Status.COMPLETE
    assert stripe.calls == {str(payment.pk): 5, f"{payment.pk}-1": 1}
    assert len(stripe.charges) == 1


def test_a_payment_that_fails_once_more_is_told_once(
    start_own_worker: StartWorker,
    stripe: StripeServer,
    job: Job,
    admin_client: Client,
    mailbox: Mailbox,
) -> None:
    stripe.outage = DOWN
    start_own_worker(env=stripe.environment | {"PAYMENT_RETRY_SECONDS": "0"})
    payment = end_of(pay(job))

    replay(admin_client, payment)
    assert end_of(payment).status == Work.Status.FAILED
    wait_until(lambda: not TaskCall.objects.exists())

    assert len(mailbox.to(job.employer.email, subject="Your payment failed")) == 1


def test_whether_money_was_moved_is_to_be_looked_up_when_nobody_knows(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, admin_client: Client
) -> None:
    stripe.breakdown = stripe_error(500, "api_error")
    start_own_worker(env=stripe.environment | {"PAYMENT_RETRY_SECONDS": "0"})
    payment = end_of(pay(job))

    letter = DeadLetter.objects.get()
    assert letter.error.startswith(
        "Whether the money was moved is not known: look at the gateway for "
        f"{payment.pk}, and tell what it shows by an action on the payment in the admin."
    )
    assert "GatewayUnavailableError" in letter.traceback
    assert payment.error == "The payment service is not available (500)"

    stripe.breakdown = None
    replay(admin_client, payment)

    assert end_of(payment).status == Work.Status.FAILED
    assert stripe.calls == {str(payment.pk): 8}
    assert len(stripe.charges) == 1


def test_a_wrong_secret_is_not_the_employers_to_read(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job
) -> None:
    start_own_worker(env=stripe.environment | {"STRIPE_SECRET_KEY": "sk_test_wrong"})

    payment = end_of(pay(job))

    assert (payment.status, payment.attempts) == (Work.Status.FAILED, 1)
    assert payment.error == "Something went wrong on our side."
    assert "Invalid API Key" in DeadLetter.objects.get().error


def test_a_posting_that_is_over_by_now_is_not_charged_for(
    stripe_here: StripeServer, job: Job, make_user: MakeUser
) -> None:
    payment = in_our_hands(pay(job))

    for change in (
        {"status": Job.Status.CLOSED},
        {"status": Job.Status.ACTIVE, "is_featured": True},
        {"is_featured": False, "employer": make_user("employer")},
    ):
        Job.objects.update(**change)
        payment.refresh_from_db()
        with pytest.raises(charging.NotPayableError):
            charging.charge(payment)

    assert not stripe_here.calls


def test_an_employer_who_was_locked_out_meanwhile_is_not_charged(
    stripe_here: StripeServer, job: Job
) -> None:
    payment = pay(job)
    User.objects.update(is_active=False)

    with pytest.raises(charging.NotPayableError):
        charging.charge(in_our_hands(payment))
    assert not stripe_here.calls


def test_what_may_have_been_charged_is_seen_through(stripe_here: StripeServer, job: Job) -> None:
    payment = in_our_hands(pay(job))
    charging.charge(payment)
    Job.objects.update(status=Job.Status.EXPIRED)
    payment.refresh_from_db()

    assert charging.charge(payment) == "pi_1"
    assert stripe_here.calls == {str(payment.pk): 2}


@pytest.mark.parametrize("first", ["older", "newer"])
def test_of_two_failed_payments_that_are_replayed_one_is_charged(
    start_own_worker: StartWorker,
    stripe: StripeServer,
    job: Job,
    admin_client: Client,
    first: str,
) -> None:
    stripe.outage = DOWN
    start_own_worker(env=stripe.environment | {"PAYMENT_RETRY_SECONDS": "0"})
    payments = {"older": failed_unmoved(job), "newer": failed_unmoved(job)}
    charged = payments.pop(first)
    (other,) = payments.values()
    stripe.outage = None
    stripe.answering.clear()

    assert "1 of 1 replayed" in replay(admin_client, charged)
    assert "another one keeps it from being open" in replay(admin_client, other)
    assert_unchanged(other)

    stripe.answering.set()
    assert end_of(charged).status == Work.Status.COMPLETE
    assert "1 of 1 replayed" in replay(admin_client, other)
    other = end_of(other)
    assert other.status == Work.Status.FAILED
    assert other.error == "This posting is featured already."
    assert list(stripe.charges) == [f"{charged.pk}-1"]


def test_a_failed_payment_is_not_charged_after_another_one_has_paid(
    stripe_here: StripeServer, job: Job
) -> None:
    failed = pay(job)
    lifecycle.fail(in_our_hands(failed), RuntimeError())
    paid = in_our_hands(pay(job))
    charge_id = charging.charge(paid)
    with paid.completing():
        charging.store(paid, charge_id)
    # Somebody has ended what was paid for.
    Job.objects.update(is_featured=False)

    lifecycle.replay(failed)
    failed.refresh_from_db()

    with pytest.raises(charging.NotPayableError, match="was paid for by another payment"):
        charging.charge(in_our_hands(failed))
    assert list(stripe_here.charges) == [str(paid.pk)]


def test_a_failed_payment_is_not_replayed_beside_one_that_waits(
    start_own_worker: StartWorker, stripe: StripeServer, job: Job, admin_client: Client
) -> None:
    stripe.outage = DOWN
    start_own_worker(env=stripe.environment | {"PAYMENT_RETRY_SECONDS": "0"})
    failed, waiting = failed_unmoved(job), pay(job)
    asked_once = Payment.objects.filter(pk=waiting.pk, failures=1, status=Work.Status.PENDING)
    wait_until(asked_once.exists)
    stripe.outage = None

    assert "another one keeps it from being open" in replay(admin_client, failed)
    assert_unchanged(failed)

    assert end_of(waiting).status == Work.Status.COMPLETE
    assert "1 of 1 replayed" in replay(admin_client, failed)
    assert end_of(failed).status == Work.Status.FAILED
    assert list(stripe.charges) == [str(waiting.pk)]


def test_a_refusal_that_is_told_late_gives_up_no_key(stripe_here: StripeServer, job: Job) -> None:
    payment = in_our_hands(pay(job, DECLINED_CARD))
    late = Payment.objects.get()
    with pytest.raises(DeclinedError):
        charging.charge(payment)
    stripe_here.declined.clear()
    assert charging.charge(payment) == "pi_1"

    with pytest.raises(DeclinedError):
        charging.charge(late)

    late.refresh_from_db()
    assert (late.refusals, late.asked_at is None) == (1, False)
    assert charging.charge(late) == "pi_1"


def test_a_refusal_that_somebody_was_told_before_us_leaves_no_doubt(
    stripe_here: StripeServer, job: Job
) -> None:
    ours = in_our_hands(pay(job, DECLINED_CARD))
    ours.move(asked_at=timezone.now())
    for payment in (Payment.objects.get(), ours):
        with pytest.raises(DeclinedError):
            charging.charge(payment)

    assert (ours.refusals, ours.asked_at) == (1, None)
    assert stripe_here.calls == {str(ours.pk): 2}


def test_a_bad_request_says_nothing_of_the_one_before(stripe_here: StripeServer, job: Job) -> None:
    payment = in_our_hands(pay(job))
    stripe_here.breakdown = stripe_error(500, "api_error")
    with pytest.raises(GatewayUnavailableError):
        charging.charge(payment)
    stripe_here.breakdown = None

    stripe_here.outage = stripe_error(400, "invalid_request_error")
    with pytest.raises(InvalidRequestError):
        charging.charge(payment)
    stripe_here.outage = None

    with pytest.raises(GatewayUnavailableError):
        charging.charge(payment)
    assert list(stripe_here.charges) == [str(payment.pk)]


def test_a_key_that_the_gateway_may_have_forgotten_is_not_used(
    stripe_here: StripeServer, job: Job
) -> None:
    payment = in_our_hands(pay(job))
    charging.charge(payment)
    payment.asked_at = timezone.now() - timedelta(hours=24)

    with pytest.raises(ForgottenKeyError, match="may have forgotten it"):
        charging.charge(payment)
    assert stripe_here.calls == {str(payment.pk): 1}


def test_nor_one_that_it_forgot_while_the_database_was_away(
    stripe_here: StripeServer, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = in_our_hands(pay(job))
    forgotten_at = timezone.now() + timedelta(seconds=0.5)
    payment.asked_at = forgotten_at - get_gateway().remembers
    monkeypatch.setattr(
        payment, "ensure_lease", lambda: wait_until(lambda: timezone.now() > forgotten_at)
    )

    with pytest.raises(ForgottenKeyError, match="may have forgotten it"):
        charging.charge(payment)
    assert not stripe_here.calls


def test_a_mail_about_an_outcome_that_changed_is_not_sent(job: Job, mailoutbox: list[Any]) -> None:
    payment = pay(job)
    Payment.objects.update(status=Work.Status.COMPLETE)

    tasks.mail_payment_outcome(str(payment.pk), Work.Status.FAILED)
    assert not mailoutbox

    tasks.mail_payment_outcome(str(payment.pk), Work.Status.COMPLETE)
    assert len(mailoutbox) == 1
