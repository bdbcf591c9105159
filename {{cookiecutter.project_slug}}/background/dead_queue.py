"""What RabbitMQ has given up: it keeps such messages in a queue that nobody else reads."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings

from background.arrivals import Arrival, keep_unreadable
from background.errors import BrokerUnavailableError, UnreadableMessageError
from background.models import ATTEMPT, DeadLetter
from background.options import rest_of, work_id_of
from background.publishing import UNAVAILABLE

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
    except UNAVAILABLE as error:
        raise BrokerUnavailableError(f"The dead queue can't be read: {error}") from error
    return BATCH


def _keep(message: Any) -> None:
    headers = message.headers or {}
    if ATTEMPT in headers:
        # Its row knows better, and recovery takes that up.
        return
    reason = RuntimeError(f"RabbitMQ gave the message up: {_reason(headers)}")
    logger.error("%s %s: %s", headers.get("task"), headers.get("id"), reason)
    try:
        told, args, kwargs, embed = Arrival.of(message)
    except UnreadableMessageError:
        keep_unreadable(message, reason)
    else:
        options = rest_of(embed.get("chain"))
        DeadLetter.record(
            work_id_of(told["id"]), told["task"], args, kwargs, reason, options=options
        )


def _reason(headers: dict[str, Any]) -> str:
    match headers.get("x-death"):
        case [{"reason": str(reason)}, *_]:
            return reason
    return "no reason given"
