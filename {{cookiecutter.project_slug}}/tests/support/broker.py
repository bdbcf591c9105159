"""The broker of the tests, seen from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app

from config.queues import Queue


class Broker:
    """What waits in the queues, apart from what a worker has taken already."""

    def waiting(self, queue: Queue) -> int:
        """How many messages wait in a queue."""
        with _channel() as channel:
            number: int = _bound(queue, channel).queue_declare().message_count
            return number

    @property
    def all_waiting(self) -> int:
        """How many messages wait in all queues."""
        return sum(map(self.waiting, Queue))

    def purge(self) -> None:
        """Throw away what waits in any queue, as a broker does that was emptied."""
        with _channel() as channel:
            for queue in Queue:
                bound = _bound(queue, channel)
                bound.queue_declare()
                bound.purge()

    @property
    def held(self) -> int:
        """How many messages workers on Redis have taken and not acknowledged, the dead ones too.

        0 on RabbitMQ, where what a dead worker held waits in its queue again.
        """
        with _channel() as channel:
            key = getattr(channel, "unacked_key", None)
            number: int = channel.client.hlen(key) if key else 0
            return number

    @property
    def is_read(self) -> bool:
        """Whether it knows of a worker; Redis knows of none."""
        with _channel() as channel:
            return any(_bound(queue, channel).queue_declare().consumer_count for queue in Queue)


@contextmanager
def _channel() -> Iterator[Any]:
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        yield channel


def _bound(queue: Queue, channel: Any) -> Any:
    return current_app.amqp.queues[queue](channel)
