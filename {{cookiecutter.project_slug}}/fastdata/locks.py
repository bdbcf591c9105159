"""Locks that hold across processes and machines, and end by themselves.

A lock only keeps others from trying. One that ran out under a slow holder keeps nobody away, so
what must never happen twice needs a condition in the database besides.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

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


class Leadership:
    """One of several equal processes leads: whoever keeps a lock."""

    def __init__(self, key: str, *, seconds: float) -> None:
        """Each sign of life keeps the lead for so many seconds."""
        self._key = key
        self._seconds = seconds

    def keep(self) -> bool:
        """Give a sign of life as leader, or take the lead if nobody has it; whether we lead.

        Raises ConnectionError when the server is down: nobody knows who leads.
        """
        try:
            return self._renew() or bool(self._lock.acquire())
        except redis.RedisError as error:
            raise ConnectionError(f"Nobody knows who holds {self._key}: {error}") from error

    def age(self) -> float | None:
        """How long ago the leader gave its last sign of life (seconds); None when nobody leads.

        Raises ConnectionError when the server is down: nobody knows who leads.
        """
        try:
            left = data().pttl(self._key) / 1000
        except redis.RedisError as error:
            raise ConnectionError(f"Nobody knows who holds {self._key}: {error}") from error
        return self._seconds - left if left >= 0 else None

    def resign(self) -> None:
        """Let somebody else lead at once; nothing if we do not lead."""
        try:
            self._lock.release()
        except redis.exceptions.LockError:
            return
        except redis.RedisError as error:
            logger.warning("The lock %s runs out by itself: %s", self._key, error)

    def _renew(self) -> bool:
        try:
            return bool(self._lock.reacquire())
        except redis.exceptions.LockError:
            return False

    @cached_property
    def _lock(self) -> Lock:
        lock: Lock = data().lock(self._key, timeout=self._seconds, blocking=False)
        return lock


def _release(lock: Lock) -> None:
    try:
        lock.release()
    except redis.exceptions.LockError:
        logger.warning("The lock %s ran out before its holder was done", lock.name)
    except redis.RedisError as error:
        logger.warning("The lock %s runs out by itself: %s", lock.name, error)
