"""What RabbitMQ has to know: every queue, and where to keep what it gives up."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from celery import current_app
from kombu import Exchange, Producer
from kombu import Queue as BrokerQueue
from kombu.transport.virtual import Channel

from config.queues import Queue
from config.rabbitmq import DEAD_QUEUE
from tests.support.processes import Process
from tests.support.waiting import wait_until


@pytest.mark.django_db(transaction=True)
def test_a_message_that_was_rejected_ends_in_the_dead_queue(worker: Process) -> None:
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        publish_and_reject(channel, {"nobody": "wants me"})

        dead = wait_until(DEAD_QUEUE(channel).get)
        dead.ack()

    assert dead.decode() == {"nobody": "wants me"}


def test_the_first_worker_of_all_declares_the_queues_of_the_others(
    start_own_worker: Callable[..., Process],
) -> None:
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        known = [queue(channel) for queue in current_app.conf.task_queues]
        for queue in known:
            queue.delete()

        worker = start_own_worker(queues=[Queue.DEFAULT])

        # Raises unless it is there.
        for queue in known:
            queue.queue_declare(passive=True)
    assert "CRITICAL" not in worker.output


def publish_and_reject(channel: Channel, body: dict[str, str]) -> None:
    """Do it on a queue that is made like those of the workers, but that no worker reads."""
    known = next(queue for queue in current_app.conf.task_queues if queue.name == Queue.DEFAULT)
    name = f"test-{uuid4()}"
    queue = BrokerQueue(name, Exchange(name), queue_arguments=known.queue_arguments)(channel)
    queue.declare()
    try:
        Producer(channel).publish(body, exchange=queue.exchange, serializer="json")
        wait_until(queue.get).reject()
    finally:
        queue.delete()
        queue.exchange.delete()
