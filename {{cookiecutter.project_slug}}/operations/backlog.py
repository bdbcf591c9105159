"""What waits, and what has failed: in the queues and in the rows behind them."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Min, Q, When
from django.utils import timezone
from kombu.exceptions import ChannelError

from background.models import TaskCall, Work, work_models
from background.registry import task_name
from config.celery import app
from config.queues import Queue

if TYPE_CHECKING:
    from django.db.models import QuerySet

# Since when a row waits that nobody works on.
SINCE = Case(When(status=Work.Status.PENDING, then="ready_at"), default="due_at")


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


def waiting_since() -> dict[str, datetime]:
    """Since when the oldest row of each task waits for a worker; what has none is left out.

    What was sent again still waits. A row whose process died waits since its lease ended. Where a
    model has no task any more, the model stands for it.
    """
    calls = _waiting(TaskCall).values_list("task").annotate(since=Min(SINCE)).order_by()
    oldest: dict[str, datetime] = dict(calls)
    for model in {*work_models()} - {TaskCall}:
        if since := _waiting(model).aggregate(since=Min(SINCE))["since"]:
            oldest[task_name(model)] = since
    return oldest


def _waiting[W: Work](model: type[W]) -> "QuerySet[W]":
    now = timezone.now()
    ready = Q(status=Work.Status.PENDING, due_at__isnull=False, ready_at__lte=now)
    abandoned = Q(status=Work.Status.PROCESSING, due_at__lte=now)
    return model._default_manager.filter(ready | abandoned)


def _length(connection: Any, queue: Queue) -> int:
    # A queue that is not there ends the channel.
    with connection.channel() as channel:
        try:
            return int(channel.queue_declare(queue=queue.value, passive=True).message_count)
        except ChannelError:
            # Nobody has declared it yet; on Redis an empty queue is none.
            return 0
