"""What RabbitMQ has to know before it is used: every queue, and where dead messages go.

It drops a message that it has delivered too often without a word when nobody has declared the
exchange it goes to, and a worker can't set up delays for queues that only other workers have
declared so far. So every worker declares all of them whenever it connects.
"""

from typing import Any

from celery import bootsteps
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from kombu import Exchange, Queue

DEAD_QUEUE = Queue(
    "dead", Exchange("dead", type="fanout"), queue_arguments={"x-queue-type": "quorum"}
)


class DeclareQueues(bootsteps.StartStopStep):
    """A step of each worker's way to its broker."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, parent: Any) -> None:
        """Make sure that the queues are there; `parent` is the worker's consumer."""
        with parent.connection.channel() as channel:
            for queue in (DEAD_QUEUE, *parent.app.amqp.queues.values()):
                queue(channel).declare()


# Celery has no other way to say that a step comes before one of its own.
DelayedDelivery.requires = (*(DelayedDelivery.requires or ()), DeclareQueues)
