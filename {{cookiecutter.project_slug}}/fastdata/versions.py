"""Version stamps: part of a cache key, so that a new stamp makes many entries unreachable at once.

No search for keys, and no stale entry from a reader in flight: it stores under the old stamp.
"""

import logging
from uuid import uuid4

from fastdata.connection import DOWN, cache_client

logger = logging.getLogger(__name__)

STAMP_SECONDS = 24 * 3600


def current(name: str) -> str | None:
    """The stamp to put into keys; None when the cache is down, and then cache nothing.

    Take it before reading what is to be cached.
    """
    key = _key(name)
    try:
        stamp: str | None = cache_client().get(key)
        if stamp is None:
            cache_client().add(key, _new_stamp(), STAMP_SECONDS)
            # Perhaps somebody else's, who was a moment earlier.
            stamp = cache_client().get(key)
    except DOWN as error:
        logger.warning("The cache is down, so nothing of version %s is cached: %s", name, error)
        return None
    return stamp


def renew(name: str) -> None:
    """Make everything under the present stamp unreachable, after the commit that changed it.

    While the cache is down it stays reachable until its own time is over.
    """
    try:
        cache_client().set(_key(name), _new_stamp(), STAMP_SECONDS)
    except DOWN as error:
        logger.warning("The cache is down, so version %s may still be served: %s", name, error)


def _key(name: str) -> str:
    return f"version:{name}"


def _new_stamp() -> str:
    # Random rather than a number: one that was evicted would begin anew with old values.
    return uuid4().hex
