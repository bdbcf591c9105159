"""Handing a message to the broker: within seconds, or not at all."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from amqp.exceptions import AccessRefused, MessageNacked
from amqp.exceptions import ConnectionError as AMQPConnectionError
from celery.app.task import Task
from kombu.exceptions import LimitExceeded, OperationalError
from redis.exceptions import RedisError

from background.errors import BrokerUnavailableError

logger = logging.getLogger(__name__)

# How long a process leaves a broker alone that has just failed it (seconds): long enough that a
# hung one does not cost every request its time-out, short against recovery's first look.
PAUSE = 5.0

# What tells of a broker that is away, hung or full: what the transports raise for it, and Celery's
# pool of connections. Of RabbitMQ's answers to a single request only a refused login does so.
UNAVAILABLE = (
    OperationalError,
    LimitExceeded,
    OSError,
    AMQPConnectionError,
    MessageNacked,
    AccessRefused,
    RedisError,
)


class Message(NamedTuple):
    """What is handed to the broker."""

    task: "Task[Any, Any]"
    args: Sequence[Any]
    kwargs: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}


class CircuitBreaker:
    """Remembers that the broker failed, for a while."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._closed_again_at = 0.0
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether to leave the broker alone now."""
        with self._lock:
            return time.monotonic() < self._closed_again_at

    def trip(self) -> None:
        """Leave the broker alone from now on, for the length of the pause."""
        with self._lock:
            self._closed_again_at = time.monotonic() + self._pause


breaker = CircuitBreaker(PAUSE)


def publish(message: Message) -> None:
    """Send one message, without retries; the row behind it makes up for a failure.

    Raises BrokerUnavailableError when the broker did not take it, or failed a moment ago; and
    whatever Celery raises for a message that can't be sent from here, such as one with arguments
    that are no JSON, or of a queue that this process does not know.
    """
    if breaker.is_open:
        raise BrokerUnavailableError("The broker failed a moment ago and is left alone for now")
    task, args, kwargs, options = message
    try:
        task.apply_async(tuple(args), dict(kwargs), retry=False, **options)
    except UNAVAILABLE as error:
        if isinstance(error.__cause__, KeyError):
            # On Redis kombu (5.7) takes a name that nobody knows for a lost connection.
            raise error.__cause__ from None
        breaker.trip()
        raise BrokerUnavailableError(f"The broker did not take {task.name}: {error}") from error
