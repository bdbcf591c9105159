"""The two Redis databases that are used directly; neither may hold a request up for long."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import monotonic
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache as django_cache
from django_redis.exceptions import ConnectionInterrupted
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

DOWN = (ConnectionInterrupted, redis.RedisError)

# How long a command may take (seconds): a thousand times what it does take.
PATIENCE = 1.0
# How long a process leaves a data server alone that has just failed it (seconds), so that one
# that hangs costs its time-out now and then rather than at every step of every request.
PAUSE = 5.0

# When each data server may be asked again (monotonic seconds), by URL.
_pause_ends: dict[str, float] = {}


class LeftAloneError(redis.ConnectionError):
    """The data server failed a moment ago and is not asked again yet."""


def data() -> "redis.Redis":
    """The database for what is no cache: locks, counters, lists, limits.

    Raises LeftAloneError for some seconds after `forgiving` met a server that was away.
    """
    url: str = settings.REDIS_DATA_URL
    if monotonic() < _pause_ends.get(url, 0):
        raise LeftAloneError("The data server failed a moment ago and is left alone for now")
    return _client(url)


@contextmanager
def forgiving(consequence: str) -> Iterator[None]:
    """Go on behind the block when the data server is down; the log says with which consequence."""
    try:
        yield
    except LeftAloneError:
        logger.debug("The data server is left alone, so %s", consequence)
    except DOWN as error:
        if isinstance(error, redis.ConnectionError | redis.TimeoutError):
            _pause_ends[settings.REDIS_DATA_URL] = monotonic() + PAUSE
        logger.warning("The data server is down, so %s: %s", consequence, error)


def cache_client() -> Any:
    """The client of the cache, which tells when the server is down; Django's interface hides it.

    One that hangs is then waited for once rather than at every step.
    """
    return django_cache.client  # type: ignore[attr-defined]


@cache
def _client(url: str) -> "redis.Redis":
    # Its pool notices a fork and starts anew in the child.
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        # An increment whose answer was lost would be counted twice.
        retry=Retry(NoBackoff(), 0),
    )
