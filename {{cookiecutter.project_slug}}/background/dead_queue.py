"""What RabbitMQ has given up: it keeps such messages in a queue that nobody else reads."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from background.calls import work_id_of
from background.errors import BrokerUnavailableError
from background.models import ATTEMPT, DeadLetter

logger = logging.getLogger(__name__)

# Messages in one sweep of recovery.
BATCH = 500


def recover_dead_messages() -> int:
    """Make a dead letter of each message that no row stands behind; how many messages there were.

    Raises BrokerUnavailableError when RabbitMQ is away.
    """
    # The types of the library take its pool for a single connection.
    pool: Any = current_app.pool
    try:
        with pool.acquire(block=True) as connection, connection.channel() as channel:
            queue = settings.DEAD_QUEUE(channel)
            queue.declare()
            for number in range(BATCH):
                message = queue.get()
                if message is None:
                    return number
                _keep(message)
                message.ack()
    except (OperationalError, OSError) as error:
        raise BrokerUnavailableError(f"The dead queue can't be read: {error}") from error
    return BATCH


def _keep(message: Any) -> None:
    headers = message.headers or {}
    task = headers.get("task", "")
    if ATTEMPT in headers:
        # Its row knows better, and recovery takes that up.
        return
    args, kwargs = _arguments(message)
    reason = RuntimeError(f"RabbitMQ gave the message up: {_reason(headers)}")
    DeadLetter.record(work_id_of(str(headers.get("id"))), task, args, kwargs, reason)
    logger.error("%s %s was given up by RabbitMQ", task, headers.get("id"))


def _arguments(message: Any) -> tuple[list[Any], dict[str, Any]]:
    """Those of the task; of a message that is none of Celery's the whole text."""
    match message.payload:
        case [list(args), dict(kwargs), dict()]:
            return args, kwargs
        case other:
            return [other], {}


def _reason(headers: dict[str, Any]) -> str:
    deaths = headers.get("x-death") or [{}]
    return str(deaths[0].get("reason", "no reason given"))
