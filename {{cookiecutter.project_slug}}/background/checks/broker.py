"""Settings that lose messages on the broker at hand."""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.core.checks import CheckMessage, Error

from background.checks.resolved import RABBITMQ, REDIS, broker, queues


def check_cancelling(**kwargs: Any) -> Iterator[CheckMessage]:
    """On Redis, a worker that loses its connection goes on with its tasks."""
    if broker() == REDIS and current_app.conf.worker_cancel_long_running_tasks_on_connection_loss:
        yield Error(
            "A task that is cancelled when the connection to Redis is lost, is lost with it",
            hint="Set CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS to False",
            id="background.E010",
        )


def check_confirmation(**kwargs: Any) -> Iterator[CheckMessage]:
    """On RabbitMQ, a message counts as sent when the broker has it."""
    options = current_app.conf.broker_transport_options
    if broker() == RABBITMQ and not options.get("confirm_publish"):
        yield Error(
            "A message that RabbitMQ never got counts as sent",
            hint="Set confirm_publish of CELERY_BROKER_TRANSPORT_OPTIONS to True",
            id="background.E011",
        )


def check_quorum_queues(**kwargs: Any) -> Iterator[CheckMessage]:
    """RabbitMQ knows how often to deliver a deadly message, and what to do with it then."""
    for queue in queues().values():
        arguments = queue.queue_arguments or {}
        if broker() != RABBITMQ or arguments.get("x-queue-type") != "quorum":
            continue
        missing = [n for n in ("x-delivery-limit", "x-dead-letter-exchange") if n not in arguments]
        if missing:
            yield Error(
                f"The queue {queue.name} has no {' and no '.join(missing)}, so RabbitMQ delivers a "
                "deadly message for ever or drops it without a word",
                hint="Name them in its queue_arguments, in config/settings/broker.py",
                id="background.E012",
            )


CHECKS = (check_cancelling, check_confirmation, check_quorum_queues)
