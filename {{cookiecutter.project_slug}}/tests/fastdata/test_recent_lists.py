"""The last few of something."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from fastdata import recent_lists
from fastdata.connection import data

KEY = "searches:user:1"


def push(value: str) -> None:
    recent_lists.push(KEY, value, length=3, ttl=60)


def test_the_newest_come_first_and_the_oldest_leave() -> None:
    assert recent_lists.read(KEY) == []

    for value in ("one", "two", "three", "four"):
        push(value)

    assert recent_lists.read(KEY) == ["four", "three", "two"]
    assert 0 < data().ttl(KEY) <= 60


def test_what_comes_again_moves_to_the_front() -> None:
    for value in ("Zoë", "two", "Zoë"):
        push(value)

    assert recent_lists.read(KEY) == ["Zoë", "two"]


def test_fifty_at_once_leave_a_list_without_doubles() -> None:
    with ThreadPoolExecutor(50) as threads:
        for number in range(50):
            threads.submit(push, "odd" if number % 2 else "even")

    assert sorted(recent_lists.read(KEY)) == ["even", "odd"]


@pytest.mark.usefixtures("broken_data")
def test_without_its_server_the_list_is_empty(caplog: pytest.LogCaptureFixture) -> None:
    push("one")

    assert recent_lists.read(KEY) == []
    assert f"{KEY} misses a value" in caplog.text
