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
        with _bound(queue) as bound:
            number: int = bound.queue_declare().message_count
            return number

    def purge(self) -> None:
        """Throw away what waits in any queue, as a broker does that was emptied."""
        for queue in Queue:
            with _bound(queue) as bound:
                bound.queue_declare()
                bound.purge()


@contextmanager
def _bound(queue: Queue) -> Iterator[Any]:
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        yield current_app.amqp.queues[queue](channel)
