"""Whether the workers of config/queues.py fit the queues, the tasks and the broker."""

from collections.abc import Iterator
from contextlib import suppress
from math import inf
from typing import Any, NamedTuple

from celery import current_app
from celery.app.task import Task
from celery.exceptions import QueueNotFound
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning

from background.checks.resolved import RABBITMQ, broker, own_tasks, queue_of, queues
from config.queues import PREFORK, WORKERS, Queue, Worker

# 0 is Celery's word for any number. Above the most, messages wait behind a slow task while other
# workers are idle.
MOST_PREFETCH = 4


class Limits(NamedTuple):
    """The time limits of a worker or a task (seconds), and what a process takes in advance."""

    whose: str
    soft: float | None
    hard: float | None
    prefetch: int

    @property
    def held(self) -> float:
        """For how long a message may be held: until all that were taken with it have run.

        0 when there is no limit, of which another check tells.
        """
        return self.hard * (self.prefetch or inf) if self.hard else 0


def check_queues(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every queue has a worker, and every worker a queue."""
    there = {*queues()}
    for queue in sorted(there - {*WORKERS}):
        yield Error(
            f"No worker reads the queue {queue}",
            hint="Give it a Worker in WORKERS of config/queues.py",
            id="operations.E001",
        )
    for queue in sorted({*WORKERS} - there):
        yield Error(
            f"A worker reads the queue {queue}, which Celery does not have",
            hint="Add it to CELERY_TASK_QUEUES, or remove its Worker from config/queues.py",
            id="operations.E002",
        )


def check_time_limits(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every task ends: in good order after its soft limit, by force after the hard one."""
    for whose, soft, hard, _ in limits():
        if not hard:
            yield Error(
                "It may run for ever",
                hint="Give its queue's Worker a hard_limit, or its decorator a time_limit",
                obj=whose,
                id="operations.E003",
            )
        elif soft and soft >= hard:
            yield Error(
                f"Its soft time limit ({soft} s) is not below the hard one ({hard} s)",
                hint="Make the soft one shorter, such as 240 of 300",
                obj=whose,
                id="operations.E004",
            )


def check_redelivery(**kwargs: Any) -> Iterator[CheckMessage]:
    """The broker gives a message to nobody else while a worker has it."""
    held = max(each.held for each in limits())
    if broker() == RABBITMQ:
        name = "RABBITMQ_CONSUMER_TIMEOUT_SECONDS, here and on the server,"
        # Without one, RabbitMQ's own.
        patience = getattr(settings, "RABBITMQ_CONSUMER_TIMEOUT_SECONDS", 1800)
    else:
        # On Redis a worker holds it during its countdown too.
        held += settings.LONGEST_COUNTDOWN_SECONDS
        name = "visibility_timeout of CELERY_BROKER_TRANSPORT_OPTIONS"
        # Without one, kombu's own.
        patience = current_app.conf.broker_transport_options.get("visibility_timeout", 3600)
    if patience <= held:
        yield Error(
            f"The broker delivers a message again after {patience} s, and a worker may hold it for "
            f"{held if held < inf else 'any number of'} s",
            hint=f"Raise {name} or lower the time limits, or the prefetch of config/queues.py",
            id="operations.E005",
        )


def check_prefetch(**kwargs: Any) -> Iterator[CheckMessage]:
    """No worker keeps messages from others that are idle."""
    multipliers = {
        "CELERY_WORKER_PREFETCH_MULTIPLIER": current_app.conf.worker_prefetch_multiplier,
        **{f"The worker of {queue}": worker.prefetch for queue, worker in WORKERS.items()},
    }
    for whose, multiplier in multipliers.items():
        if not 0 < multiplier <= MOST_PREFETCH:
            yield CheckWarning(
                f"Each process takes {multiplier or 'any number of'} messages in advance",
                hint="1 is fair; up to 4 help where tasks take milliseconds",
                obj=whose,
                id="operations.W001",
            )


def check_pools(**kwargs: Any) -> Iterator[CheckMessage]:
    """Time limits hold: they end a process, and no thread."""
    for queue, worker in WORKERS.items():
        if worker.pool != PREFORK:
            yield CheckWarning(
                f"Its pool, {worker.pool}, ends no task at a time limit and hands none back at a "
                "stop",
                hint="Leave it at prefork, unless all that its tasks do has time-outs of its own",
                obj=f"The worker of {queue}",
                id="operations.W004",
            )


def limits() -> Iterator[Limits]:
    """The limits of every worker, and of every task: its own, or else those of its worker."""
    for queue, worker in WORKERS.items():
        whose = f"The worker of {queue}"
        yield Limits(whose, worker.soft_limit, worker.hard_limit, worker.prefetch)
    for task in own_tasks():
        worker = _worker_of(task)
        yield Limits(
            task.name,
            task.soft_time_limit or worker.soft_limit,
            task.time_limit or worker.hard_limit,
            worker.prefetch,
        )


def _worker_of(task: "Task[Any, Any]") -> Worker:
    # Another check tells of a queue that is not there, or has no worker.
    with suppress(QueueNotFound, ValueError, KeyError):
        return WORKERS[Queue(queue_of(task))]
    return WORKERS[Queue.DEFAULT]


CHECKS = (check_queues, check_time_limits, check_redelivery, check_prefetch, check_pools)
