"""Counters: plain ones, and those that keep up a number which the database knows."""

from collections.abc import Callable, Sequence

from redis.client import Pipeline

from fastdata import rebuilding
from fastdata.connection import data, forgiving


def increment(key: str, *, ttl: int) -> None:
    """Count one more; the counter is gone `ttl` seconds after its first increment."""
    with forgiving(f"{key} misses an increment"), data().pipeline() as pipe:
        pipe.set(key, 0, ex=ttl, nx=True)
        pipe.incr(key)
        pipe.execute()


def read(key: str) -> int:
    """What a plain counter says; 0 when nothing was counted or the server is down."""
    return read_many([key])[0]


def read_many(keys: Sequence[str]) -> list[int]:
    """What plain counters say, in the same order and all at once."""
    if not keys:
        return []
    with forgiving(f"{', '.join(keys)} read as 0"):
        return [int(number or 0) for number in data().mget(keys)]
    return [0] * len(keys)


def count(key: str, compute: Callable[[], int], *, ttl: int) -> int:
    """The number kept up under `key`; computed, and kept for `ttl` seconds, when it is missing.

    Whatever changes the number calls `expect` before its commit and `add` after it. Increments do
    not prolong the time, so that a number which a crash left wrong is right again after it.
    """
    with forgiving(f"{key} is computed"):
        kept = data().get(key)
        if kept is not None:
            return int(kept)

    def keep(pipe: Pipeline, number: int) -> None:
        pipe.set(key, number, ex=ttl)

    return rebuilding.rebuild(key, compute, keep)


def expect(key: str) -> None:
    """Say, inside a transaction that changes the number and before its commit, that `add` follows.

    The transaction may take another minute. One that is rolled back calls no `add`.
    """
    rebuilding.expect(key)


def add(key: str, by: int = 1) -> None:
    """Change the number that is kept, after the commit; negative when it went down."""
    rebuilding.add(key, "INCRBY", by)
