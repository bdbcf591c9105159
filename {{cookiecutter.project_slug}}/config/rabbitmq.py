"""Where RabbitMQ leaves a message that it has delivered too often.

RabbitMQ drops such messages without a word when nobody has declared the exchange they go to, so
every worker declares it whenever it connects.
"""

from typing import Any

from celery import bootsteps
from kombu import Exchange, Queue

DEAD_QUEUE = Queue(
    "dead", Exchange("dead", type="fanout"), queue_arguments={"x-queue-type": "quorum"}
)


class DeclareDeadQueue(bootsteps.StartStopStep):
    """A step of each worker's way to its broker."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, parent: Any) -> None:
        """Make sure that the queue is there; `parent` is the worker's consumer."""
        with parent.connection.channel() as channel:
            DEAD_QUEUE(channel).declare()
