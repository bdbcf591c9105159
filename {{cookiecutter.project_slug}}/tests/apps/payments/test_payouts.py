"""Payouts: ordered by staff, and paid by one worker at a time."""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.payments.models import Payout, PayoutAccount
from background import dead_letters
from background.models import DeadLetter, Work
from background.recovery import recover
from fastdata.connection import data
from fastdata.locks import held
from operations.servers.ports import free_port
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.payments.making import ACCOUNT, PAYOUTS, bonus, end_of, new_key, pay_out
from tests.apps.payments.servers import StripeServer
from tests.support.processes import Process
from tests.support.waiting import wait_until

type StartWorker = Callable[..., Process]


@pytest.fixture
def staffs_client(staff: User, client_of: ClientOf) -> APIClient:
    """The client of one of the staff."""
    return client_of(staff)


@pytest.fixture
def friend(make_user: MakeUser) -> User:
    """Somebody whom the site owes money."""
    user = make_user()
    PayoutAccount.objects.create(user=user, account=ACCOUNT)
    return user


def send(client: APIClient, body: dict[str, Any], key: str | None = None) -> Any:
    """Order a payout, by default with a key of its own."""
    return client.post(PAYOUTS, body, headers={"Idempotency-Key": key or new_key()})


def lock_of(payout: Payout) -> str:
    return f"payout:{payout.pk}"


def wait_for_failure(payout: Payout) -> Payout:
    """The same once it waits for a second try; recovery goes on meanwhile."""

    def look() -> bool:
        recover()
        payout.refresh_from_db()
        return payout.status == Work.Status.PENDING and payout.failures == 1

    wait_until(look)
    return payout


def test_ordering_answers_with_the_payout(staffs_client: APIClient, friend: User) -> None:
    response = send(staffs_client, bonus(friend))

    payout = Payout.objects.get()
    assert response.status_code == 202
    assert response.json() | bonus(friend) == response.json()
    assert (response.json()["id"], response.json()["status"]) == (str(payout.pk), "PENDING")
    assert payout.account == ACCOUNT
    assert staffs_client.get(f"/api/v1/tasks/{payout.pk}/").status_code == 200


def test_only_staff_order_payouts(client: APIClient, friend: User) -> None:
    assert send(client, bonus(friend)).status_code == 403
    assert not Payout.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", 0), ("amount", -1), ("amount", 1_000_001), ("currency", "JPY"), ("reason", "")],
)
def test_a_payout_that_makes_no_sense_is_refused(
    staffs_client: APIClient, friend: User, field: str, value: Any
) -> None:
    response = send(staffs_client, bonus(friend, **{field: value}))

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not Payout.objects.exists()


def test_a_user_without_an_account_is_named(staffs_client: APIClient, user: User) -> None:
    response = send(staffs_client, bonus(user))

    assert response.status_code == 400
    assert response.json() == {"user": ["This user has no account to be paid to."]}
    assert not Payout.objects.exists()


def test_a_key_is_for_one_payout(staffs_client: APIClient, friend: User) -> None:
    first = send(staffs_client, bonus(friend), "key")

    assert send(staffs_client, bonus(friend), "key").json() == first.json()
    assert send(staffs_client, bonus(friend, amount=1), "key").status_code == 422
    assert staffs_client.post(PAYOUTS, bonus(friend)).status_code == 400
    assert Payout.objects.count() == 1


def test_of_ten_that_race_with_one_key_one_is_ordered(web: str, staff: User, friend: User) -> None:
    token = Token.objects.create(user=staff)
    headers = {"Authorization": f"Token {token.key}", "Idempotency-Key": "key"}

    def post(_: int) -> httpx.Response:
        return httpx.post(f"{web}{PAYOUTS}", json=bonus(friend), headers=headers, timeout=60)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(post, range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["id"] for answer in answers} == {str(Payout.objects.get().pk)}


def test_a_payout_is_paid_and_logged(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    start_own_worker(env=stripe.environment)

    payout = end_of(pay_out(staff, friend))

    assert (payout.status, payout.transfer_id) == (Work.Status.COMPLETE, "tr_1")
    assert stripe.transfers[str(payout.pk)]["destination"] == ACCOUNT
    assert not data().exists(lock_of(payout))


def test_a_payout_without_balance_is_paid_by_a_replay_once_there_is_one(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    stripe.has_balance = False
    start_own_worker(env=stripe.environment)
    payout = end_of(pay_out(staff, friend))
    assert payout.status == Work.Status.FAILED
    letter = DeadLetter.objects.get()
    assert letter.error == "Insufficient funds"

    stripe.has_balance = True
    dead_letters.replay(letter)

    assert end_of(payout).status == Work.Status.COMPLETE
    assert stripe.calls == {str(payout.pk): 1, f"{payout.pk}-1": 1}
    assert len(stripe.transfers) == 1


@pytest.mark.usefixtures("worker")
def test_the_audit_log_says_who_ordered_it(staff: User, friend: User) -> None:
    payout = pay_out(staff, friend)

    entry = wait_until(lambda: AuditEntry.objects.filter(action="payout.ordered").first())
    assert (entry.actor, entry.about) == (staff, f"payout:{payout.pk}")
    assert end_of(payout).status == Work.Status.COMPLETE


def test_a_payout_that_another_worker_pays_now_waits(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    start_own_worker(env=stripe.environment)

    with ExitStack() as lock:
        with transaction.atomic():
            payout = pay_out(staff, friend)
            lock.enter_context(held(lock_of(payout), seconds=30))
        wait_for_failure(payout)
        assert payout.error == "Another worker is paying it now"
        assert payout.due_at
        assert payout.due_at - timezone.now() > timedelta(seconds=20)

    assert not stripe.calls
    assert end_of(payout).status == Work.Status.COMPLETE
    assert stripe.calls == {str(payout.pk): 1}


def test_of_a_frozen_worker_and_the_next_one_pays(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    stripe.answering.clear()
    frozen = start_own_worker(env=stripe.environment)
    payout = pay_out(staff, friend)
    wait_until(lambda: stripe.transfers)

    os.killpg(frozen.pid, signal.SIGSTOP)
    start_own_worker(env=stripe.environment)
    wait_for_failure(payout)
    assert (payout.crashes, payout.error) == (1, "Another worker is paying it now")
    assert stripe.calls == {str(payout.pk): 1}

    stripe.answering.set()
    os.killpg(frozen.pid, signal.SIGCONT)
    frozen.wait_for_output("is no longer ours")
    wait_until(lambda: not data().exists(lock_of(payout)))
    payout = end_of(payout)
    assert (payout.status, payout.transfer_id) == (Work.Status.COMPLETE, "tr_1")
    assert len(stripe.transfers) == 1


def test_a_slow_worker_does_not_free_the_lock_of_the_next(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    stripe.answering.clear()
    worker = start_own_worker(env=stripe.environment | {"PAYOUT_LOCK_SECONDS": "1"})
    payout = pay_out(staff, friend)
    wait_until(lambda: stripe.transfers)
    wait_until(lambda: not data().exists(lock_of(payout)))

    data().set(lock_of(payout), "the next holder's", ex=30)
    stripe.answering.set()

    assert end_of(payout).status == Work.Status.COMPLETE
    worker.wait_for_output("ran out before its holder was done")
    assert data().get(lock_of(payout)) == "the next holder's"


def test_a_worker_killed_between_transfer_and_save_pays_once(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    environment = stripe.environment | {"PAYOUT_LOCK_SECONDS": "1"}
    stripe.answering.clear()
    worker = start_own_worker(env=environment)
    payout = pay_out(staff, friend)
    wait_until(lambda: stripe.transfers)

    worker.kill()
    stripe.answering.set()
    start_own_worker(env=environment)
    payout = end_of(payout)

    assert (payout.status, payout.crashes) == (Work.Status.COMPLETE, 1)
    assert stripe.calls == {str(payout.pk): 2}
    assert len(stripe.transfers) == 1


def test_without_redis_a_payout_waits(
    start_own_worker: StartWorker, stripe: StripeServer, staff: User, friend: User
) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    worker = start_own_worker(env=stripe.environment | {"REDIS_DATA_URL": nowhere})
    payout = wait_for_failure(pay_out(staff, friend))
    assert not stripe.calls

    worker.kill()
    start_own_worker(env=stripe.environment)

    assert end_of(payout).status == Work.Status.COMPLETE
    assert not DeadLetter.objects.exists()
