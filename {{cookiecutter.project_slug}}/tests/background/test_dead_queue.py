"""Messages that RabbitMQ gave up become dead letters."""

import pytest
from celery import current_app
from kombu import Producer

from background import dead_letters
from background.models import DeadLetter, TaskCall
from config.rabbitmq import DEAD_QUEUE
from tests.sample.models import Run
from tests.sample.tasks import lengthen, refuse
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_that_was_rejected_can_be_read_and_replayed(worker: Process) -> None:
    refuse.delay("nobody's")

    letter = wait_with_recovery(DeadLetter.objects.first)
    assert (letter.task, letter.args) == (refuse.name, ["nobody's"])
    assert letter.error == "RabbitMQ gave the message up: rejected"

    dead_letters.replay(letter)
    wait_until(lambda: Run.objects.filter(name="nobody's").count() == 2)


def test_messages_that_are_none_of_celerys_are_kept_too(worker: Process) -> None:
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        producer = Producer(channel, exchange=DEAD_QUEUE.exchange)
        producer.publish({"from": "a stranger"}, serializer="json")
        producer.publish("[[1", content_type="application/json", content_encoding="utf-8")
        producer.publish({"how": "odd"}, serializer="json", headers={"x-death": "old age"})

    wait_with_recovery(lambda: DeadLetter.objects.count() == 3)

    texts = [letter.args for letter in DeadLetter.objects.order_by("created_at")]
    assert texts == [['{"from": "a stranger"}'], ["[[1"], ['{"how": "odd"}']]


def test_the_rest_of_a_chain_goes_along(worker: Process) -> None:
    refuse.apply_async(["nobody's"], chain=[lengthen.s("three"), lengthen.s("two")])

    letter = wait_with_recovery(DeadLetter.objects.first)

    assert [step["args"] for step in letter.options["chain"]] == [["two"], ["three"]]


def test_one_that_a_row_stands_behind_is_left_to_the_row(worker: Process) -> None:
    call = TaskCall.objects.create(task=refuse.name, args=["a row's"], due_at=None)
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        message = call.next_message()
        Producer(channel).publish(
            [message.args, {}, {}],
            exchange=DEAD_QUEUE.exchange,
            headers={**message.options["headers"], "task": refuse.name, "id": str(call.pk)},
            serializer="json",
        )
        refuse.delay("after it")

    wait_with_recovery(DeadLetter.objects.first)

    assert [letter.args for letter in DeadLetter.objects.all()] == [["after it"]]
