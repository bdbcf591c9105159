"""Limits on how often somebody may do something, counted across all processes.

A limit that can't be counted must not close the site: while the server is down all is granted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import time

import redis
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from fastdata.connection import data, forgiving

# What somebody refused waits at least (seconds), so that no refusal looks like a grant.
LEAST_WAIT = 1.0


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """So many times in so many seconds."""

    amount: int
    seconds: int


def take_from_window(limit: RateLimit, *identity: str) -> float:
    """Take one from what is granted within any `limit.seconds`, exactly.

    `identity` says what is done and by whom. Gives 0.0 when it was granted, else the seconds until
    it would be.
    """
    return _take(MovingWindowRateLimiter, limit, "window", *identity)


def take_from_period(limit: RateLimit, *identity: str) -> float:
    """Take one from what is granted in a period that begins with the first one taken.

    Cheaper than the window, for what is asked often, and less exact: around the end of a period
    up to twice the amount is granted. Gives 0.0 when it was granted, else the seconds until the
    next period.
    """
    return _take(FixedWindowRateLimiter, limit, "period", *identity)


def _take(
    strategy: Callable[[RedisStorage], RateLimiter], limit: RateLimit, kind: str, *identity: str
) -> float:
    with forgiving(f"{'/'.join(identity)} is granted uncounted"):
        limiter = strategy(_storage(data().connection_pool))
        item: RateLimitItem = RateLimitItemPerSecond(limit.amount, limit.seconds, namespace=kind)
        if limiter.hit(item, *identity):
            return 0.0
        return max(limiter.get_window_stats(item, *identity).reset_time - time(), LEAST_WAIT)
    return 0.0


@cache
def _storage(pool: "redis.ConnectionPool") -> RedisStorage:
    return RedisStorage("redis://", connection_pool=pool, key_prefix="limit")
