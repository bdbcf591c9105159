"""Locks that hold across processes and machines, and end by themselves.

A lock only keeps others from trying. One that ran out under a slow holder keeps nobody away, so
what must never happen twice needs a condition in the database besides.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis.lock import Lock

from fastdata.connection import data

logger = logging.getLogger(__name__)


@contextmanager
def held(key: str, *, seconds: float) -> Iterator[bool]:
    """Hold a lock while the block runs, for so many seconds at most; gives whether it was had.

    It does not wait for a lock that somebody else holds. Raises ConnectionError when the server
    is down: nobody may believe in a lock that is perhaps not there.
    """
    try:
        lock = data().lock(key, timeout=seconds, blocking=False)
        had = bool(lock.acquire())
    except redis.RedisError as error:
        raise ConnectionError(f"The lock {key} can't be had: {error}") from error
    try:
        yield had
    finally:
        if had:
            _release(lock)


def _release(lock: Lock) -> None:
    try:
        lock.release()
    except redis.exceptions.LockError:
        logger.warning("The lock %s ran out before its holder was done", lock.name)
    except redis.RedisError as error:
        logger.warning("The lock %s runs out by itself: %s", lock.name, error)
