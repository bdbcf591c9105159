"""What Prometheus is told: open dead letters, rows of work, and what waits in the queues.

Everything is counted when it is asked for, so one web process tells of the whole site.
"""

import logging
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from background.models import DeadLetter
from operations.backlog import queue_lengths, rows_by_status, waiting_since
from operations.waiting import outcomes

logger = logging.getLogger(__name__)

# What the broker has not told by then is left out (seconds).
PATIENCE = 2.0


def exposition() -> bytes:
    """All metrics, in the format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(Backlog())
    return generate_latest(registry)


class Backlog(Collector):
    """Gauges of what has failed and of what waits."""

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: registering must not count."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every gauge, as of now."""
        yield from _dead_letters()
        yield _rows()
        yield _waiting()
        yield from _queues()


def _dead_letters() -> Iterator[GaugeMetricFamily]:
    by_task = GaugeMetricFamily(
        "dead_letters_by_task", "Dead letters to be replayed, by task", labels=["task"]
    )
    letters = DeadLetter.objects.filter(DeadLetter.OPEN)
    counts = letters.values_list("task").annotate(Count("pk")).order_by("task")
    total = 0
    for task, count in counts:
        by_task.add_metric([task], count)
        total += count
    yield GaugeMetricFamily("dead_letters", "Dead letters to be replayed", total)
    yield by_task


def _rows() -> GaugeMetricFamily:
    gauge = GaugeMetricFamily("work_rows", "Rows of work", labels=["model", "status"])
    for model, status, count in rows_by_status():
        gauge.add_metric([model._meta.label, status], count)
    return gauge


def _waiting() -> GaugeMetricFamily:
    explanation = "How long the oldest row of each task waits for a worker"
    gauge = GaugeMetricFamily("work_oldest_waiting_seconds", explanation, labels=["task"])
    now = timezone.now()
    for task, since in waiting_since().items():
        gauge.add_metric([task], (now - since).total_seconds())
    return gauge


def _queues() -> Iterator[GaugeMetricFamily]:
    [lengths] = outcomes([queue_lengths], seconds=PATIENCE)
    if isinstance(lengths, Exception):
        logger.warning("The broker does not tell how long its queues are: %s", lengths)
        return
    gauge = GaugeMetricFamily("queue_messages", "Messages that wait", labels=["queue"])
    for queue, length in lengths.items():
        gauge.add_metric([queue], length)
    yield gauge
