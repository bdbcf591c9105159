"""What waits, and what has failed: in the queues and in the rows behind them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from kombu.exceptions import ChannelError

from background.models import Work, work_models
from config.celery import app
from config.queues import Queue


def queue_lengths() -> dict[Queue, int]:
    """How many messages wait in each queue, apart from what a worker has taken already.

    Raises what the broker's library raises when it is away.
    """
    with app.connection_for_read() as connection:
        return {queue: _length(connection, queue) for queue in Queue}


def rows_by_status() -> Iterator[tuple[type[Work], str, int]]:
    """How many rows of each kind of work have which status; what there is none of is left out."""
    for model in work_models():
        counts = model._default_manager.values_list("status").annotate(Count("pk")).order_by()
        for status, count in counts:
            yield model, status, count


def oldest_due() -> datetime | None:
    """Since when the longest waiting row should have been looked at; None when none is due.

    Recovery looks at what is due within seconds.
    """
    due = {"status__in": Work.OPEN, "due_at__lt": timezone.now()}
    found = [
        model._default_manager.filter(**due).aggregate(oldest=Min("due_at"))["oldest"]
        for model in work_models()
    ]
    return min((each for each in found if each), default=None)


def _length(connection: Any, queue: Queue) -> int:
    # A queue that is not there ends the channel.
    with connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue=queue.value, passive=True).message_count)
        except ChannelError:
            # Nobody has declared it yet; on Redis an empty queue is none.
            return 0
