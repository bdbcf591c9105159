"""Django's cache with protection against stampedes.

Of many that miss the same key at once, in whatever process, one computes and the others wait for
it. A cache that is down costs time, never an answer.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from redis.exceptions import LockError, RedisError

from fastdata.connection import DOWN, cache_client

logger = logging.getLogger(__name__)

# How long a reader waits for the one who computes, before it computes for itself.
WAIT_SECONDS = 3
# How long a computation may take and still be kept; also how long a dead one is waited for.
LEASE_SECONDS = 15
# Keys that one step of a search looks at, while everybody else waits.
SEARCH_STEP = 1000

MISSING = object()


def get_or_compute[T](key: str, compute: Callable[[], T], *, ttl: int) -> T:
    """The value under `key`, computed and kept for `ttl` seconds when it is missing.

    Errors of `compute` are the caller's; nothing is kept then.
    """
    try:
        value: T = cache_client().get(key, MISSING)
        if value is not MISSING:
            return value
        lease = cache_client().lock(
            _lease_key(key), timeout=LEASE_SECONDS, blocking_timeout=WAIT_SECONDS, sleep=0.05
        )
        leased = lease.acquire()
    except DOWN as error:
        logger.warning("The cache is down, so %s is computed: %s", key, error)
        leased = False
    if not leased:
        return compute()
    try:
        return _fill(key, compute, ttl, lease)
    finally:
        _release(lease)


def refresh[T](key: str, compute: Callable[[], T], *, ttl: int) -> T:
    """Compute the value anew, after what it is made of has changed."""
    if not forget(key):
        return compute()
    return get_or_compute(key, compute, ttl=ttl)


def forget(*keys: str) -> bool:
    """Drop values, and whatever is being computed for them right now; False if the cache is down.

    A value that could not be dropped is served until its time is over.
    """
    try:
        cache_client().delete_many([*keys, *(_lease_key(key) for key in keys)])
    except DOWN as error:
        logger.warning("The cache is down, so it may still hold %s: %s", ", ".join(keys), error)
        return False
    return True


def forget_matching(pattern: str) -> bool:
    """Drop every value whose key matches, such as `jobs:list:*`; False if the cache is down.

    It looks at every key of the cache, so it is for changes that are rare: 70 ms with 100,000 other
    keys, of which nobody else waits for more than 0.3 ms at a time (measured).
    """
    try:
        # Leases first: who computes now finds its lease gone, or has stored by the second search.
        for keys in (_lease_key(pattern), pattern):
            cache_client().delete_pattern(keys, itersize=SEARCH_STEP)
    except DOWN as error:
        logger.warning("The cache is down, so it may still hold %s: %s", pattern, error)
        return False
    return True


def _lease_key(key: str) -> str:
    return f"{key}:lease"


def _fill[T](key: str, compute: Callable[[], T], ttl: int, lease: Any) -> T:
    value: T = cache.get(key, MISSING)
    if value is MISSING:
        value = compute()
        cache.set(key, value, ttl)
        if not _still_ours(lease):
            # Forgotten meanwhile, so the value may be older than the change that did it.
            cache.delete(key)
    return value


def _still_ours(lease: Any) -> bool:
    try:
        return bool(lease.owned())
    except RedisError:
        return False


def _release(lease: Any) -> None:
    try:
        lease.release()
    except LockError:
        pass  # it ran out, or was forgotten
    except RedisError as error:
        logger.warning("%s runs out by itself: %s", lease.name, error)
