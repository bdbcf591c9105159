"""Leaderboards, kept up from the database's numbers."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from fastdata import leaderboards
from fastdata.connection import data

BOARD = "leaderboard:teams"


def top(scores: Mapping[str, int], number: int = 3) -> list[tuple[str, int]]:
    """The first of a board that would be computed from these."""
    return leaderboards.top(BOARD, number, lambda: scores, ttl=60)


def kept(number: int = 3) -> list[tuple[str, int]]:
    """The first of the board that is kept."""
    return leaderboards.top(BOARD, number, lambda: pytest.fail("It was kept"), ttl=60)


def score(member: str, by: int = 1) -> None:
    leaderboards.expect(BOARD)
    leaderboards.add(BOARD, member, by)


def test_the_highest_come_first_and_equal_ones_by_name() -> None:
    scores = {"d": 1, "c": 7, "b": 7, "a": 3, "e": 7}
    first = [("b", 7), ("c", 7), ("e", 7), ("a", 3)]

    assert top(scores, number=4) == first
    assert kept(number=4) == first
    assert kept(number=2) == first[:2]
    assert 0 < data().ttl(BOARD) <= 60


def test_who_has_nothing_is_not_on_the_board() -> None:
    assert top({"a": 2, "b": 0}) == [("a", 2)]
    assert kept() == [("a", 2)]

    score("c")
    score("a", -2)

    assert kept() == [("c", 1)]


def test_a_score_moves_a_member_up() -> None:
    top({"a": 2, "b": 1})

    score("b", 2)
    score("new")

    assert kept() == [("b", 3), ("a", 2), ("new", 1)]


def test_an_empty_board_is_computed_anew() -> None:
    assert top({}) == []

    score("a")

    assert top({"a": 5}) == [("a", 5)]
    assert kept() == [("a", 5)]


def finish(scores: dict[str, int]) -> None:
    """What a writer does after its mark."""
    scores["a"] += 1
    leaderboards.add(BOARD, "a")


def insert(scores: dict[str, int]) -> None:
    """All that a writer does."""
    leaderboards.expect(BOARD)
    finish(scores)


@pytest.mark.parametrize(("before", "meanwhile"), [(False, insert), (True, finish)])
def test_what_was_read_before_a_commit_is_not_kept_after_it(
    before: bool, meanwhile: Callable[[dict[str, int]], None]
) -> None:
    scores = {"a": 1}

    def compute() -> dict[str, int]:
        read = dict(scores)
        meanwhile(scores)
        return read

    if before:
        leaderboards.expect(BOARD)

    assert leaderboards.top(BOARD, 3, compute, ttl=60) == [("a", 1)]
    assert top(scores) == [("a", 2)]


def test_what_was_read_after_a_commit_is_not_added_again() -> None:
    leaderboards.expect(BOARD)

    assert top({"a": 1}) == [("a", 1)]
    leaderboards.add(BOARD, "a")

    assert top({"a": 1}) == [("a", 1)]


def test_fifty_scores_at_once_are_fifty() -> None:
    top({"a": 1})

    with ThreadPoolExecutor(50) as threads:
        for _ in range(50):
            threads.submit(score, "b")

    assert kept() == [("b", 50), ("a", 1)]


def test_a_forgotten_board_is_computed_anew() -> None:
    top({"a": 1, "gone": 5})

    leaderboards.forget(BOARD)

    assert top({"a": 1}) == [("a", 1)]


def test_a_board_forgotten_while_it_is_computed_is_not_kept() -> None:
    def compute() -> dict[str, int]:
        leaderboards.forget(BOARD)
        return {"gone": 5}

    leaderboards.top(BOARD, 3, compute, ttl=60)

    assert top({"a": 1}) == [("a", 1)]


@pytest.mark.usefixtures("broken_data")
def test_without_its_server_a_board_is_computed(caplog: pytest.LogCaptureFixture) -> None:
    score("a")
    leaderboards.forget(BOARD)

    assert top({"b": 1, "a": 1}) == [("a", 1), ("b", 1)]
    assert f"{BOARD} may be off" in caplog.text
