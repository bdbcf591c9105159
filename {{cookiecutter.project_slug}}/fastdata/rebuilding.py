"""Numbers that the database knows, kept up in Redis and rebuilt from the database when missing.

A rebuild that reads the database after a commit whose increment is still to come would count it
twice; one that reads before the commit and stores after the increment would lose it. So each
writer leaves a mark before its commit and takes it away with the increment, and what was computed
is kept only if there was no mark at all meanwhile.

A rollback, or a process that dies, leaves its mark behind: until it runs out numbers are computed
rather than kept, and never wrong. What Redis misses while it is down is missing in a kept number
until its time is over.
"""

from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import redis
from redis.client import Pipeline

from fastdata.connection import data, forgiving

# How long a transaction may last from its mark to its commit (seconds).
MARK_SECONDS = 60
# How long a rebuild may take and still be kept (seconds).
LEASE_SECONDS = 15

ADD = """
local kept, mark = KEYS[1], KEYS[2]
if tonumber(redis.call("GET", mark) or 0) > 1 then
    redis.call("DECR", mark)
else
    redis.call("DEL", mark)
end
if redis.call("EXISTS", kept) == 1 then
    redis.call(ARGV[1], kept, unpack(ARGV, 2))
end
"""


def expect(key: str) -> None:
    """Say, inside a transaction and before its commit, that `add` will follow."""
    with forgiving(f"{key} may be off until its time is over"), data().pipeline() as pipe:
        pipe.incr(_mark(key))
        pipe.expire(_mark(key), MARK_SECONDS)
        pipe.delete(_lease(key))
        pipe.execute()


def add(key: str, command: str, *arguments: str | int) -> None:
    """Run a command that adds to what is kept, if it is kept, and take the mark away."""
    with forgiving(f"{key} may be off until its time is over"):
        data().register_script(ADD)(keys=[key, _mark(key)], args=[command, *arguments])


def rebuild[T](key: str, compute: Callable[[], T], keep: Callable[[Pipeline, T], None]) -> T:
    """Compute what is missing; `keep` writes it, with its expiry, if nothing changed meanwhile."""
    token = _take_lease(key)
    value = compute()
    if token:
        _keep_if_unchanged(key, token, lambda pipe: keep(pipe, value))
    return value


def forget(*keys: str) -> None:
    """Drop what is kept, and whatever is being rebuilt right now."""
    with forgiving(f"{', '.join(keys)} may be off until its time is over"):
        data().delete(*keys, *map(_lease, keys))


def _mark(key: str) -> str:
    return f"{key}:expected"


def _lease(key: str) -> str:
    return f"{key}:lease"


def _take_lease(key: str) -> str | None:
    token = uuid4().hex
    with forgiving(f"{key} is computed and not kept"), data().pipeline() as pipe:
        # At once, so that a writer either finds the lease or has its mark seen.
        pipe.set(_lease(key), token, ex=LEASE_SECONDS)
        pipe.exists(_mark(key))
        _, expected = pipe.execute()
        return None if expected else token
    return None


def _keep_if_unchanged(key: str, token: str, keep: Callable[[Pipeline], None]) -> None:
    # A mark that was left meanwhile has taken the lease away, be it between two steps of this.
    with forgiving(f"{key} is not kept"), suppress(redis.WatchError), data().pipeline() as pipe:
        pipe.watch(_lease(key))  # type: ignore[no-untyped-call]
        if pipe.get(_lease(key)) != token:
            return
        pipe.multi()
        keep(pipe)
        pipe.delete(_lease(key))
        pipe.execute()
