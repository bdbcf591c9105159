"""Messages that are none of a task: a worker outlives them, and each is kept as a dead letter."""

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app, uuid

from background import dead_letters
from background.arrivals import UNREADABLE
from background.models import DeadLetter, TaskCall
from config.queues import Queue
from tests.sample.models import Run
from tests.sample.tasks import stumble_then_run
from tests.support.processes import Process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

KNOWN, GONE = stumble_then_run.name, "tests.sample.tasks.long_forgotten"
OF_ROWS = "tests.sample.tasks.deliver"
SOME_ID = "0f6e8a36-4c1b-4f0e-9c57-2b7a3f1d9e10"
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}
PICKLE = {"content_type": "application/x-python-serialize", "content_encoding": "binary"}
TEXT = {"content_type": "text/plain", "content_encoding": "utf-8"}


def send(body: str | bytes, kind: dict[str, str], **headers: Any) -> None:
    """Send a message as any client of the broker may write it."""
    queue = current_app.amqp.queues[Queue.DEFAULT]
    address = {"exchange": queue.exchange, "routing_key": queue.routing_key, "declare": [queue]}
    with current_app.producer_or_acquire() as producer:
        producer.publish(body, headers=headers, **address, **kind)


def of(task: str) -> dict[str, str]:
    return {"task": task, "id": uuid()}


@pytest.mark.parametrize("task", [KNOWN, GONE])
def test_a_worker_outlives_what_nobody_can_read_and_all_of_it_is_kept(
    task: str, start_own_worker: Callable[[], Process]
) -> None:
    send("[[1", JSON, **of(task))
    send("7", JSON, **of(task))
    send("[[1, 0], {}]", JSON, **of(task))
    send('[[2, 0], {}, {"no": "id"}]', JSON, task=task)
    send(json.dumps({**of(task), "args": "no list", "kwargs": {}}), JSON)
    send(pickle.dumps(([1, 0], {}, {})), PICKLE, **of(task))
    send("hello", TEXT)
    send("\x00", TEXT)
    worker = start_own_worker()

    stumble_then_run.delay_on_commit("behind", 0)

    wait_until(lambda: Run.objects.filter(name="behind").exists())
    wait_until(lambda: DeadLetter.objects.filter(task=UNREADABLE).count() == 8)
    wait_until(lambda: not TaskCall.objects.exists())
    assert worker.is_running
    errors = set(DeadLetter.objects.values_list("error", flat=True))
    assert "It is no message of Celery's" in errors
    assert f"{task}: It can't be decoded: " in "".join(errors)
    assert ["hello"] in DeadLetter.objects.values_list("args", flat=True)


def test_what_was_not_read_is_not_replayed(worker: Process) -> None:
    send('{"one": "word"}', JSON, **of(KNOWN))

    letter = wait_until(DeadLetter.objects.first)

    with pytest.raises(LookupError, match="No task is named"):
        dead_letters.replay(letter)


@pytest.mark.parametrize("task", [KNOWN, GONE])
@pytest.mark.parametrize("headers", [{"expires": "some day"}, {"timelimit": [1]}], ids=str)
def test_a_message_whose_headers_make_no_sense_is_kept(
    task: str, headers: dict[str, Any], worker: Process
) -> None:
    send('[["odd", 0], {}, {}]', JSON, **of(task), **headers)

    letter = wait_until(DeadLetter.objects.first)

    assert (letter.task, letter.args) == (UNREADABLE, ['[["odd", 0], {}, {}]'])
    assert worker.is_running


@pytest.mark.parametrize("args", [["xyz", 1], ["\ud800", 1], [SOME_ID], [SOME_ID, "one"], [7, 1]])
def test_a_message_about_a_row_that_names_none_is_kept(args: list[Any], worker: Process) -> None:
    send(json.dumps([args, {}, {}]), JSON, **of(OF_ROWS))

    letter = wait_until(DeadLetter.objects.first)

    assert (letter.task, letter.error) == (UNREADABLE, f"{OF_ROWS}: It names no row")


def test_numbers_that_no_row_takes_are_kept_as_text(worker: Process) -> None:
    send('[["none", NaN], {}, {}]', JSON, **of(GONE))

    assert wait_until(DeadLetter.objects.first).args == ["none", "nan"]


@pytest.mark.parametrize("task", [KNOWN, GONE])
def test_celerys_first_protocol_is_read(task: str, worker: Process) -> None:
    send(json.dumps({**of(task), "args": ["first", 0], "kwargs": {}}), JSON)

    kept = TaskCall.objects.filter(task=GONE, args=["first", 0])
    wait_until(lambda: kept.exists() if task == GONE else Run.objects.filter(name="first").exists())
    assert not DeadLetter.objects.exists()
