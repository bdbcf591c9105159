"""The way of an event to its receiver: signed, tried again, and known by its id."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.http import http_date

from apps.accounts.models import User
from apps.webhooks import deliveries
from apps.webhooks.deliveries import LONGEST_WAIT
from apps.webhooks.exchange import Answer
from apps.webhooks.models import Attempt, Delivery, Subscription
from background import lifecycle
from background.errors import LeaseLostError, PermanentError, TransientError
from background.models import DeadLetter, Work
from background.recovery import recover
from background.registry import registration_for
from config.settings import base
from operations.servers.ports import free_port
from tests.apps.webhooks.making import (
    FORBIDDEN,
    announce_tea,
    make_delivery,
    make_subscription,
)
from tests.apps.webhooks.servers import Receiver, ReceiverRequest, answer, hang
from tests.support.outage import Outage
from tests.support.processes import Process
from tests.support.serving import Post, serving
from tests.support.waiting import wait_until

type StartWorker = Callable[..., Process]
type Outcome = tuple[int, int | None, str]

BUSY = "The receiver is busy or broken (503)"


def end_of_delivery() -> Delivery:
    """The only delivery once it is final; its retries need not wait."""

    def look() -> Delivery | None:
        retries = Delivery.objects.filter(status=Work.Status.PENDING, failures__gt=0)
        retries.update(due_at=timezone.now())
        recover()
        delivery = Delivery.objects.get()
        return delivery if delivery.is_final else None

    return wait_until(look)


def outcomes(delivery: Delivery) -> list[Outcome]:
    """How each attempt ended: its number, the HTTP status and the problem."""
    return list(delivery.history.values_list("number", "http_status", "problem"))


def sign(subscription: Subscription, post: Post) -> str:
    """The signature that a request should have, made without the library that made it."""
    signed = b".".join(
        (
            post.headers["webhook-id"].encode(),
            post.headers["webhook-timestamp"].encode(),
            post.body,
        )
    )
    key = base64.b64decode(subscription.secret.removeprefix("whsec_"))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


@pytest.mark.usefixtures("worker")
def test_an_event_arrives_signed(receiver: Receiver, user: User) -> None:
    subscription = make_subscription(user, receiver.url)

    announce_tea(user)

    delivery = end_of_delivery()
    assert delivery.status == Work.Status.COMPLETE
    assert outcomes(delivery) == [(1, 204, "")]
    assert delivery.history.get().milliseconds is not None
    (post,) = receiver.posts
    assert post.headers["Content-Type"] == "application/json"
    assert post.headers["webhook-id"] == str(delivery.pk)
    assert abs(int(post.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert post.headers["webhook-signature"] == sign(subscription, post)
    body = json.loads(post.body)
    assert (body["type"], body["data"]) == ("job.expired", {"tea": "grün"})
    happened = datetime.fromisoformat(body["timestamp"])
    assert abs(happened - delivery.created_at) < timedelta(seconds=1)


@pytest.mark.usefixtures("worker")
def test_a_receiver_that_is_busy_gets_the_same_again(user: User) -> None:
    with serving(Receiver(answer(503), answer(503), answer(200))) as receiver:
        subscription = make_subscription(user, receiver.url)
        announce_tea(user)

        delivery = end_of_delivery()

    assert delivery.status == Work.Status.COMPLETE
    assert outcomes(delivery) == [(1, 503, BUSY), (2, 503, BUSY), (3, 200, "")]
    ((webhook_id, posts),) = receiver.received.items()
    assert webhook_id == str(delivery.pk)
    assert len({post.body for post in posts}) == 1
    assert [post.headers["webhook-signature"] for post in posts] == [
        sign(subscription, post) for post in posts
    ]


@pytest.mark.usefixtures("worker")
def test_a_retry_is_signed_with_its_own_time(user: User) -> None:
    with serving(Receiver(answer(503), answer(204))) as receiver:
        subscription = make_subscription(user, receiver.url)
        announce_tea(user)
        wait_until(Delivery.objects.filter(failures=1).exists)
        Delivery.objects.update(created_at=timezone.now() - timedelta(hours=1))

        end_of_delivery()

    _, retry = receiver.posts
    # Receivers refuse what is older than five minutes.
    assert abs(int(retry.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert retry.headers["webhook-signature"] == sign(subscription, retry)


@pytest.mark.usefixtures("worker")
def test_one_receiver_that_is_busy_delays_no_other(receiver: Receiver, user: User) -> None:
    with serving(Receiver(answer(503))) as busy:
        make_subscription(user, busy.url)
        make_subscription(user, receiver.url)

        announce_tea(user)

        wait_until(lambda: Delivery.objects.filter(status=Work.Status.COMPLETE).count() == 1)
        wait_until(lambda: Delivery.objects.filter(failures=1).count() == 1)
    assert len(receiver.received) == len(busy.received) == 1


@pytest.mark.usefixtures("worker")
def test_a_receiver_that_stays_away_is_given_up(user: User) -> None:
    make_subscription(user, f"http://127.0.0.1:{free_port()}/")
    announce_tea(user)

    delivery = end_of_delivery()

    assert (delivery.status, delivery.attempts) == (Work.Status.FAILED, 21)
    assert Attempt.objects.filter(problem__contains="Connection refused").count() == 21
    assert DeadLetter.objects.get().task == "apps.webhooks.tasks.deliver_webhook"


def test_the_retries_take_about_two_hours_and_a_half() -> None:
    registration = registration_for(Delivery)
    assert registration.retry_delay == settings.WEBHOOK_RETRY_SECONDS

    # The tests' first wait is another one.
    first, cap = base.WEBHOOK_RETRY_SECONDS, lifecycle.RETRY_DELAY_CAP.total_seconds()
    longest = [min(first * 2**number, cap) for number in range(registration.max_retries)]

    assert 2.5 <= sum(longest) / 3600 <= 2.75


def test_a_killed_worker_repeats_what_the_receiver_can_tell(
    start_own_worker: StartWorker, user: User
) -> None:
    with serving(Receiver(hang, answer(204))) as receiver:
        make_subscription(user, receiver.url)
        worker = start_own_worker()
        announce_tea(user)
        # The receiver has it, and the worker does not know.
        wait_until(lambda: receiver.posts)
        worker.kill()
        start_own_worker()

        delivery = end_of_delivery()

    assert (delivery.status, delivery.crashes) == (Work.Status.COMPLETE, 1)
    ((webhook_id, posts),) = receiver.received.items()
    assert (webhook_id, len(posts)) == (str(delivery.pk), 2)
    assert posts[0].body == posts[1].body
    # Nobody was there to note how the first one ended.
    assert outcomes(delivery) == [(1, None, ""), (2, 204, "")]


@pytest.mark.usefixtures("worker")
def test_a_message_that_comes_twice_is_one_delivery(receiver: Receiver, user: User) -> None:
    make_subscription(user, receiver.url)
    announce_tea(user)
    first = Delivery.objects.get()
    task = registration_for(Delivery).task
    for _ in range(5):
        task.delay(str(first.pk), 1)

    # One more, which is behind all of them in the queue.
    announce_tea(user)

    wait_until(lambda: len(receiver.received) == 2)
    wait_until(lambda: Delivery.objects.filter(status=Work.Status.COMPLETE).count() == 2)
    assert len(receiver.received[str(first.pk)]) == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_receiver_has_is_not_sent_again_when_the_database_goes_away(
    receiver: Receiver, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage(monkeypatch)
    send = deliveries._send

    def send_and_lose_the_database(*args: Any) -> Answer:
        answer = send(*args)
        outage.begin()
        return answer

    monkeypatch.setattr(deliveries, "_send", send_and_lose_the_database)
    delivery = make_delivery(user, receiver.url)

    deliveries.deliver(delivery)

    assert outcomes(delivery) == [(1, 204, "")]
    assert len(receiver.posts) == 1


def test_a_redirect_is_not_followed(receiver: Receiver, user: User) -> None:
    for status in (301, 302, 303, 307, 308):
        with serving(Receiver(answer(status, Location=receiver.url))) as elsewhere:
            delivery = make_delivery(user, elsewhere.url)
            with pytest.raises(PermanentError, match="redirects are not followed"):
                deliveries.deliver(delivery)

        assert outcomes(delivery)[0][:2] == (1, status)
    assert not receiver.posts


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_what_a_receiver_refuses_is_not_sent_again(user: User, status: int) -> None:
    with serving(Receiver(answer(status))) as receiver:
        delivery = make_delivery(user, receiver.url)
        with pytest.raises(PermanentError, match=f"refused it \\({status}\\)"):
            deliveries.deliver(delivery)

    assert Subscription.objects.get().is_active


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(user: User, status: int) -> None:
    with serving(Receiver(answer(status))) as receiver:
        delivery = make_delivery(user, receiver.url)
        with pytest.raises(TransientError, match=str(status)):
            deliveries.deliver(delivery)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(user: User, status: int) -> None:
    with serving(Receiver(answer(status))) as receiver:
        deliveries.deliver(make_delivery(user, receiver.url))


def test_a_receiver_that_is_gone_ends_its_webhook(user: User) -> None:
    with serving(Receiver(answer(410))) as receiver:
        delivery = make_delivery(user, receiver.url)
        with pytest.raises(PermanentError, match="410"):
            deliveries.deliver(delivery)

    assert not Subscription.objects.get().is_active
    assert not DeadLetter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_address_is_not_ended_by_the_old_one(user: User) -> None:
    def move_and_be_gone(request: ReceiverRequest) -> None:
        Subscription.objects.update(url="https://new.example.org/")
        connection.close()
        answer(410)(request)

    with serving(Receiver(move_and_be_gone)) as receiver:
        delivery = make_delivery(user, receiver.url)
        with pytest.raises(PermanentError):
            deliveries.deliver(delivery)

    assert Subscription.objects.get().is_active


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("120", 120),
        ("0", 0),
        ("9" * 5000, LONGEST_WAIT),
        ("-5", 0),
        ("soon", 0),
        ("", 0),
        (http_date(0), 0),
        (http_date(32503680000), LONGEST_WAIT),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_receiver_is_left_alone_for_as_long_as_it_asks(
    user: User, retry_after: str, wait: float
) -> None:
    with serving(Receiver(answer(429, Retry_After=retry_after))) as receiver:
        delivery = make_delivery(user, receiver.url)
        with pytest.raises(TransientError) as error:
            deliveries.deliver(delivery)

    assert error.value.retry_after == wait


def test_a_date_to_come_back_is_kept(user: User) -> None:
    in_a_minute = http_date(timezone.now().timestamp() + 60)
    with serving(Receiver(answer(503, Retry_After=in_a_minute))) as receiver:
        delivery = make_delivery(user, receiver.url)
        with pytest.raises(TransientError) as error:
            deliveries.deliver(delivery)

    assert 50 < error.value.retry_after <= 60


def test_an_address_that_is_not_allowed_is_refused_and_noted(user: User) -> None:
    delivery = make_delivery(user, f"http://{FORBIDDEN}/")

    with pytest.raises(PermanentError):
        deliveries.deliver(delivery)

    problem = "The URL leads to an address that webhooks may not go to."
    assert outcomes(delivery) == [(1, None, problem)]


def test_a_webhook_that_was_deleted_meanwhile_gets_nothing(receiver: Receiver, user: User) -> None:
    delivery = make_delivery(user, receiver.url)
    Subscription.objects.all().delete()

    with pytest.raises(PermanentError, match="deleted"):
        deliveries.deliver(delivery)
    assert not receiver.posts


@pytest.mark.parametrize("model", [Subscription, User])
def test_who_is_not_active_any_more_gets_nothing(
    receiver: Receiver, user: User, model: Any
) -> None:
    delivery = make_delivery(user, receiver.url)
    model.objects.update(is_active=False)

    with pytest.raises(PermanentError, match="not active"):
        deliveries.deliver(delivery)
    assert not receiver.posts


def test_what_was_announced_is_sent_as_it_was_where_the_webhook_is_now(
    receiver: Receiver, user: User
) -> None:
    delivery = make_delivery(user, "http://old.invalid/")
    Delivery.objects.update(body='{"data": "as it was"}')
    Subscription.objects.update(url=receiver.url, events=[])
    delivery.refresh_from_db()

    deliveries.deliver(delivery)

    assert receiver.posts[0].body == b'{"data": "as it was"}'


def test_who_lost_the_delivery_sends_nothing(receiver: Receiver, user: User) -> None:
    delivery = make_delivery(user, receiver.url)
    Delivery.objects.update(status=Work.Status.PENDING)
    assert lifecycle.claim(Delivery, delivery.pk, 2)

    with pytest.raises(LeaseLostError):
        deliveries.deliver(delivery)
    assert not receiver.posts
