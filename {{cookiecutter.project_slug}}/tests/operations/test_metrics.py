"""What Prometheus reads, and who else may."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from background.models import DeadLetter, TaskCall, Work
from config.queues import Queue
from tests.sample.models import Parcel
from tests.sample.tasks import note_tick
from tests.support.broker import Broker

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a token that nobody guesses"

type Labels = frozenset[tuple[str, str]]


@pytest.fixture
def token(settings: Any) -> dict[str, str]:
    """The header that lets Prometheus in."""
    settings.METRICS_TOKEN = TOKEN
    return {"Authorization": f"Bearer {TOKEN}"}


def read(header: dict[str, str]) -> dict[str, dict[Labels, float]]:
    """The values by metric and labels."""
    answer = Client().get("/metrics/", headers=header)
    assert answer.status_code == 200
    return {
        family.name: {frozenset(each.labels.items()): each.value for each in family.samples}
        for family in text_string_to_metric_families(answer.content.decode())
    }


def labelled(**labels: str) -> Labels:
    return frozenset(labels.items())


def test_dead_letters_are_counted_by_task(token: dict[str, str]) -> None:
    for task in ("first", "first", "second"):
        DeadLetter.record(uuid4(), task, [], {}, RuntimeError("No stamp"))

    metrics = read(token)

    assert metrics["dead_letters"] == {labelled(): 3}
    assert metrics["dead_letters_by_task"] == {
        labelled(task="first"): 2,
        labelled(task="second"): 1,
    }


def test_a_letter_that_was_replayed_counts_no_more_until_that_fails(token: dict[str, str]) -> None:
    DeadLetter.record(uuid4(), "first", [], {}, RuntimeError("No stamp"))
    DeadLetter.objects.update(replayed_at=timezone.now())

    metrics = read(token)
    assert metrics["dead_letters"] == {labelled(): 0}
    assert metrics["dead_letters_by_task"] == {}

    DeadLetter.objects.update(failed_at=timezone.now())
    assert read(token)["dead_letters"] == {labelled(): 1}


def test_without_dead_letters_there_are_none(token: dict[str, str]) -> None:
    assert read(token)["dead_letters"] == {labelled(): 0}


def test_rows_are_counted_by_model_and_status(token: dict[str, str]) -> None:
    Parcel.objects.create()
    Parcel.objects.create()
    Parcel.objects.create(status=Work.Status.FAILED, due_at=None)

    assert read(token)["work_rows"] == {
        labelled(model="sample.Parcel", status="PENDING"): 2,
        labelled(model="sample.Parcel", status="FAILED"): 1,
    }


def test_the_row_of_a_task_that_waits_longest_is_told_in_seconds(token: dict[str, str]) -> None:
    assert read(token)["work_oldest_waiting_seconds"] == {}

    for minutes in (1, 5, 3):
        Parcel.objects.create(ready_at=timezone.now() - timedelta(minutes=minutes))
        TaskCall.objects.create(
            task=f"task {minutes}", ready_at=timezone.now() - timedelta(minutes=minutes)
        )

    waiting = read(token)["work_oldest_waiting_seconds"]
    assert 300 <= waiting[labelled(task="tests.sample.tasks.deliver")] < 360
    assert 180 <= waiting[labelled(task="task 3")] < 240
    assert len(waiting) == 4


def test_the_length_of_every_queue_is_told(token: dict[str, str], broker: Broker) -> None:
    for _ in range(3):
        note_tick.apply_async(queue=Queue.DEFAULT.value)

    lengths = read(token)["queue_messages"]
    broker.purge()

    assert lengths[labelled(queue=Queue.DEFAULT)] == 3
    assert len(lengths) == len(Queue)


def test_a_hung_broker_holds_up_nothing_else(
    token: dict[str, str], conf: Any, silent_server: int
) -> None:
    scheme = current_app.conf.broker_url.partition("://")[0]
    conf.broker_read_url = f"{scheme}://127.0.0.1:{silent_server}//"
    began = time.monotonic()

    metrics = read(token)

    assert time.monotonic() - began < 5
    assert "queue_messages" not in metrics
    assert "dead_letters" in metrics


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        ("Bearer another", 401),
        ("Bearer ", 401),
        (f"Token {TOKEN}", 401),
        (TOKEN, 401),
    ],
)
@pytest.mark.usefixtures("token")
def test_the_token_lets_in_and_nothing_else_does(header: str, status: int) -> None:
    answer = Client().get("/metrics/", headers={"Authorization": header})

    assert answer.status_code == status


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}])
def test_without_a_token_nobody_has_it(header: dict[str, str]) -> None:
    answer = Client().get("/metrics/", headers=header)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("is_staff", "status"), [(True, 200), (False, 403)])
def test_of_people_staff_may_read_them(is_staff: bool, status: int) -> None:
    user = get_user_model().objects.create_user("reader@example.com", "difference engine")
    get_user_model().objects.update(is_staff=is_staff)
    client = Client()
    client.force_login(user)

    assert client.get("/metrics/").status_code == status
