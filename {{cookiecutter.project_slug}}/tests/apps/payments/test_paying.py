"""Ordering a payment: answered at once, and once for each key."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.db.models.signals import pre_save
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.models import Job
from apps.payments.models import Payment
from background import lifecycle
from background.dispatch import dispatch
from background.models import Work
from config.queues import Queue
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job, yesterday
from tests.apps.payments.making import PAYMENTS, new_key, order, pay
from tests.support.broker import Broker

KEY = "Idempotency-Key"


def send(client: APIClient, body: dict[str, Any], key: str | None = None) -> Any:
    """Order a payment, by default with a key of its own."""
    return client.post(PAYMENTS, body, headers={KEY: key or new_key()})


def test_paying_answers_with_the_payment(client: APIClient, job: Job) -> None:
    response = send(client, order(job))

    payment = Payment.objects.get()
    assert response.status_code == 202
    assert response.json() | {"job": job.pk, "amount": 4900, "currency": "EUR"} == response.json()
    assert (response.json()["id"], response.json()["status"]) == (str(payment.pk), "PENDING")
    assert client.get(f"{PAYMENTS}{payment.pk}/").json() == response.json()
    assert client.get(PAYMENTS).json()["results"] == [response.json()]
    assert client.get(f"/api/v1/tasks/{payment.pk}/").json()["status"] == "PENDING"


def test_a_payment_waits_behind_no_backlog(broker: Broker, job: Job) -> None:
    payment = pay(job)
    # Its message, and whatever else an order sends.
    broker.purge()

    dispatch(payment)

    urgent = Queue.__members__.get("HIGH_PRIORITY", Queue.DEFAULT)
    assert {queue for queue in Queue if broker.waiting(queue)} == {urgent}


def test_the_price_is_not_the_requests_to_say(client: APIClient, job: Job) -> None:
    response = send(client, order(job, amount=1, currency="USD"))

    assert (response.json()["amount"], response.json()["currency"]) == (4900, "EUR")


@pytest.mark.parametrize("key", [None, "", " ", "a b", "\u00fc", "x" * 256])
def test_a_request_without_a_good_key_is_refused(
    client: APIClient, job: Job, key: str | None
) -> None:
    response = client.post(PAYMENTS, order(job), headers={} if key is None else {KEY: key})

    assert response.status_code == 400
    assert list(response.json()) == [KEY]
    assert not Payment.objects.exists()


def test_the_longest_key_is_taken(client: APIClient, job: Job) -> None:
    assert send(client, order(job), "x" * 255).status_code == 202


def test_a_repeated_request_is_given_the_same_payment(client: APIClient, job: Job) -> None:
    first = send(client, order(job), "key")
    # Neither its end nor that of the posting makes a repetition anything new.
    Payment.objects.update(status=Work.Status.FAILED)
    Job.objects.update(is_featured=True, deadline=yesterday())

    again = send(client, order(job), "key")

    assert again.status_code == 202
    assert again.json() == first.json() | {"status": "FAILED"}
    assert Payment.objects.count() == 1


def test_a_key_is_for_one_request(client: APIClient, employer: User, job: Job) -> None:
    send(client, order(job), "key")

    for other in (order(job, card="pm_card_mastercard"), order(make_job(employer))):
        response = send(client, other, "key")

        assert response.status_code == 422
        assert response.json() == {
            "detail": "This Idempotency-Key came with another request before: give a new one."
        }
    assert Payment.objects.count() == 1


def test_a_key_is_ones_own(
    client: APIClient, job: Job, make_user: MakeUser, client_of: ClientOf
) -> None:
    other = make_job(make_user("employer"))

    assert send(client, order(job), "key").status_code == 202
    assert send(client_of(other.employer), order(other), "key").status_code == 202


def test_of_ten_that_race_with_one_key_one_pays(web: str, employer: User, job: Job) -> None:
    token = Token.objects.create(user=employer)
    headers = {"Authorization": f"Token {token.key}", KEY: "key"}

    def post(_: int) -> httpx.Response:
        return httpx.post(f"{web}{PAYMENTS}", json=order(job), headers=headers, timeout=60)

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(post, range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert {answer.json()["id"] for answer in answers} == {str(Payment.objects.get().pk)}


def test_of_ten_that_race_with_one_key_for_ten_postings_one_pays(web: str, employer: User) -> None:
    token = Token.objects.create(user=employer)
    headers = {"Authorization": f"Token {token.key}", KEY: "key"}
    jobs = [make_job(employer) for _ in range(10)]

    def post(job: Job) -> int:
        body = order(job)
        return httpx.post(f"{web}{PAYMENTS}", json=body, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = sorted(threads.map(post, jobs))

    assert statuses == [202] + [422] * 9
    assert Payment.objects.count() == 1


def test_a_posting_is_paid_for_by_its_employer(
    job: Job, user: User, make_user: MakeUser, client_of: ClientOf
) -> None:
    other = send(client_of(make_user("employer")), order(job))
    seeker = send(client_of(user), order(job))

    assert (other.status_code, seeker.status_code) == (403, 403)
    assert other.json() == {"detail": "This posting is somebody else's."}
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"deadline": yesterday()}, "This posting is over."),
        ({"status": Job.Status.EXPIRED}, "This posting is over."),
        ({"status": Job.Status.CLOSED}, "This posting is over."),
        ({"is_featured": True}, "This posting is featured already."),
    ],
    ids=str,
)
def test_a_posting_that_gains_nothing_by_it_is_refused(
    client: APIClient, employer: User, state: dict[str, Any], reason: str
) -> None:
    response = send(client, order(make_job(employer, **state)))

    assert response.status_code == 400
    assert response.json() == {"job": [reason]}
    assert not Payment.objects.exists()


def test_a_posting_is_not_paid_for_twice(client: APIClient, job: Job) -> None:
    first = pay(job)

    response = send(client, order(job))

    assert response.status_code == 400
    assert response.json() == {"job": ["A payment for this posting is on its way."]}
    Payment.objects.filter(pk=first.pk).update(status=Work.Status.FAILED)
    assert send(client, order(job)).status_code == 202


def test_a_payment_that_is_replayed_meanwhile_keeps_a_second_one_out(
    client: APIClient, job: Job
) -> None:
    first = pay(job)
    Payment.objects.update(status=Work.Status.FAILED)

    def replay_first(**kwargs: Any) -> None:
        lifecycle.replay(first)

    pre_save.connect(replay_first, sender=Payment)
    try:
        response = send(client, order(job))
    finally:
        pre_save.disconnect(replay_first, sender=Payment)

    assert response.status_code == 400
    assert response.json() == {"job": ["A payment for this posting is on its way."]}
    assert Payment.objects.count() == 1


def test_of_ten_that_race_for_one_posting_one_pays(web: str, employer: User, job: Job) -> None:
    token = Token.objects.create(user=employer)

    def post(_: int) -> int:
        headers = {"Authorization": f"Token {token.key}", KEY: new_key()}
        url = f"{web}{PAYMENTS}"
        return httpx.post(url, json=order(job), headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = sorted(threads.map(post, range(10)))

    assert statuses == [202] + [400] * 9
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("card", ["4242424242424242", "4242 4242 4242 4242", "pm_", "tok_visa", ""])
def test_a_card_is_a_token_and_never_a_number(client: APIClient, job: Job, card: str) -> None:
    response = send(client, order(job, card=card))

    assert response.status_code == 400
    assert list(response.json()) == ["card"]
    assert not Payment.objects.exists()


def test_payments_are_ones_own_newest_first(
    client: APIClient, employer: User, make_user: MakeUser, client_of: ClientOf
) -> None:
    mine = [str(pay(make_job(employer)).pk) for _ in range(3)]
    stranger = client_of(make_user("employer"))

    assert [each["id"] for each in client.get(PAYMENTS).json()["results"]] == mine[::-1]
    assert stranger.get(PAYMENTS).json()["results"] == []
    assert stranger.get(f"{PAYMENTS}{mine[0]}/").status_code == 404
