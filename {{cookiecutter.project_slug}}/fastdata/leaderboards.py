"""Leaderboards: members by a number that the database knows, highest first."""

from collections.abc import Callable, Mapping

from redis.client import Pipeline

from fastdata import rebuilding
from fastdata.connection import data, forgiving


def top(
    board: str, number: int, compute: Callable[[], Mapping[str, int]], *, ttl: int
) -> list[tuple[str, int]]:
    """The first `number` members with their scores, highest first and equal ones by name.

    `compute` gives all of them when the board is missing; they are kept for `ttl` seconds.
    Whatever changes a score calls `expect` before its commit and `add` after it. A score counts
    something, so a member is on the board only with more than 0.
    """
    with forgiving(f"{board} is computed"):
        # Kept below zero: Redis sorts equal scores by name only in ascending order.
        kept = data().zrangebyscore(board, "-inf", "(0", start=0, num=number, withscores=True)
        if kept:
            return [(str(entry[0]), -int(entry[1])) for entry in kept]

    def keep(pipe: Pipeline, scores: Mapping[str, int]) -> None:
        pipe.delete(board)
        if scores:
            pipe.zadd(board, {member: -score for member, score in scores.items()})
            pipe.expire(board, ttl)

    scores = rebuilding.rebuild(board, compute, keep)
    ranked = sorted((-score, member) for member, score in scores.items() if score > 0)
    return [(member, -score) for score, member in ranked[:number]]


def expect(board: str) -> None:
    """Say, inside a transaction that changes a score and before its commit, that `add` follows.

    The transaction may take another minute. One that is rolled back calls no `add`.
    """
    rebuilding.expect(board)


def add(board: str, member: str, by: int = 1) -> None:
    """Change a member's score on the board that is kept, after the commit."""
    rebuilding.add(board, "ZINCRBY", -by, member)


def forget(board: str) -> None:
    """Drop the board, after something that no `add` says, such as members that are gone."""
    rebuilding.forget(board)
