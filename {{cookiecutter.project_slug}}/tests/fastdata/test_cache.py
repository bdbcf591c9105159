"""Protection against stampedes, on a real server."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from django.core.cache import cache

from fastdata.cache import forget, get_or_compute, refresh
from tests.fastdata.keys import seconds_left

KEY = "price:of:fish"


class Slow:
    """A computation that counts how often it runs."""

    def __init__(self, seconds: float = 0.2) -> None:
        self.seconds = seconds
        self.runs = 0

    def __call__(self) -> int:
        self.runs += 1
        threading.Event().wait(self.seconds)
        return 42


def misses_at_once(number: int, compute: Callable[[], Any]) -> list[Any]:
    """What so many readers get that miss the key at the same moment."""
    together = threading.Barrier(number)

    def read(_: int) -> Any:
        together.wait()
        return get_or_compute(KEY, compute, ttl=60)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(read, range(number)))


def test_twenty_misses_at_once_compute_once() -> None:
    slow = Slow()

    assert misses_at_once(20, slow) == [42] * 20
    assert slow.runs == 1


def test_a_value_is_kept_for_its_time() -> None:
    get_or_compute(KEY, lambda: 42, ttl=60)

    assert get_or_compute(KEY, lambda: 43, ttl=60) == 42
    assert 0 < seconds_left(KEY) <= 60


def test_none_is_a_value() -> None:
    get_or_compute(KEY, lambda: None, ttl=60)

    assert get_or_compute(KEY, lambda: 43, ttl=60) is None


def test_an_error_is_the_callers_and_nothing_is_kept() -> None:
    with pytest.raises(ZeroDivisionError):
        get_or_compute(KEY, lambda: 1 // 0, ttl=60)

    assert get_or_compute(KEY, lambda: 42, ttl=60) == 42


def test_one_who_died_computing_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastdata.cache.WAIT_SECONDS", 0.3)
    cache.set(f"{KEY}:lease", "of a process that is gone", 60)

    started = monotonic()
    assert get_or_compute(KEY, lambda: 42, ttl=60) == 42
    assert monotonic() - started < 2


def test_what_is_forgotten_while_it_is_computed_is_not_kept() -> None:
    def compute() -> int:
        forget(KEY)
        return 42

    assert get_or_compute(KEY, compute, ttl=60) == 42
    assert KEY not in cache


def test_refreshing_replaces_the_value() -> None:
    get_or_compute(KEY, lambda: 42, ttl=60)

    assert refresh(KEY, lambda: 43, ttl=60) == 43
    assert cache.get(KEY) == 43


@pytest.fixture(params=["refuses", "hangs"])
def broken_cache(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """A cache server that is down, in one way or the other."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        if request.param == "hangs":
            server.listen()
        address = f"redis://127.0.0.1:{port}/0"
        settings.CACHES = settings.CACHES | {
            "default": settings.CACHES["default"] | {"LOCATION": address}
        }
        yield


@pytest.mark.usefixtures("broken_cache")
def test_a_cache_that_is_down_costs_time_but_no_answer() -> None:
    started = monotonic()

    assert get_or_compute(KEY, lambda: 42, ttl=60) == 42
    forget(KEY)

    assert monotonic() - started < 6
