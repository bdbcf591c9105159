"""Limits that hold across threads and processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic

import pytest

from fastdata.connection import data
from fastdata.rate_limits import RateLimit, take_from_period, take_from_window
from tests.support.waiting import wait_until

HOURLY = RateLimit(amount=10, seconds=3600)

type Take = Callable[..., float]


@pytest.fixture(params=[take_from_window, take_from_period])
def take(request: pytest.FixtureRequest) -> Take:
    """Either kind of limit."""
    kind: Take = request.param
    return kind


def test_so_many_are_granted_and_then_it_says_how_long_to_wait(take: Take) -> None:
    assert [take(HOURLY, "letters", "5") for _ in range(10)] == [0.0] * 10

    assert 3590 < take(HOURLY, "letters", "5") <= 3600


def test_everybody_has_a_limit_of_their_own_for_each_thing(take: Take) -> None:
    once = RateLimit(amount=1, seconds=60)

    assert take(once, "letters", "5") == 0.0
    assert take(once, "letters", "6") == 0.0
    assert take(once, "calls", "5") == 0.0
    assert take(once, "letters", "5") > 0


def test_of_fifty_at_once_exactly_so_many_are_granted(take: Take) -> None:
    together = Barrier(50)

    def try_it(_: int) -> float:
        together.wait()
        return take(HOURLY, "letters", "5")

    with ThreadPoolExecutor(50) as threads:
        waits = list(threads.map(try_it, range(50)))

    assert waits.count(0.0) == 10


def test_what_was_refused_is_granted_after_the_wait(take: Take) -> None:
    short = RateLimit(amount=1, seconds=1)
    take(short, "letters", "5")

    assert take(short, "letters", "5") == 1.0
    wait_until(lambda: take(short, "letters", "5") == 0.0, timeout=5)


def test_a_window_moves_on_with_each_one_that_leaves_it() -> None:
    limit = RateLimit(amount=2, seconds=3)
    take_from_window(limit, "letters", "5")
    wait_until(lambda: 0 < left_of("window") <= 1.5)
    take_from_window(limit, "letters", "5")

    wait_until(lambda: take_from_window(limit, "letters", "5") == 0.0, timeout=5)

    # The second is still within the window of the third.
    assert take_from_window(limit, "letters", "5") > 0


def left_of(kind: str) -> float:
    """The seconds until the only key is gone."""
    [key] = data().keys(f"limit:{kind}/*")
    return data().pttl(key) / 1000


def test_a_limit_leaves_nothing_behind(take: Take) -> None:
    take(HOURLY, "letters", "5")

    assert [0 < data().ttl(key) <= 3600 for key in data().scan_iter()] == [True]


@pytest.mark.usefixtures("broken_data")
def test_without_its_server_all_is_granted_and_costs_one_time_out(
    take: Take, caplog: pytest.LogCaptureFixture
) -> None:
    started = monotonic()

    assert [take(HOURLY, "letters", "5") for _ in range(50)] == [0.0] * 50

    assert monotonic() - started < 3
    assert "letters/5 is granted uncounted" in caplog.text
