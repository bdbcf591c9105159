"""Protection against stampedes, on a real server."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from django.core.cache import cache

from fastdata.cache import forget, forget_matching, get_or_compute, refresh
from fastdata.connection import cache_client
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


def test_matching_keys_are_dropped_and_no_others() -> None:
    dropped = ["price:list:1", "price:list:2"]
    others = ["price:tag:1", "my:price:list:1"]
    cache.set_many(dict.fromkeys([*dropped, *others], 42))

    assert forget_matching("price:list:*")

    assert list(cache.get_many([*dropped, *others])) == others


@pytest.mark.parametrize("pattern", ["price:*", "price:of:fish", "*:fish"])
def test_what_a_pattern_forgets_while_it_is_computed_is_not_kept(pattern: str) -> None:
    def compute() -> int:
        forget_matching(pattern)
        return 42

    assert get_or_compute(KEY, compute, ttl=60) == 42
    assert KEY not in cache


def test_what_is_stored_during_the_search_is_dropped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = cache_client().delete_pattern

    def search(pattern: str, **options: Any) -> None:
        searched(pattern, **options)
        # A reader who took the lease before the search, and stored behind its back.
        if pattern.endswith(":lease"):
            cache.set(KEY, 42)

    monkeypatch.setattr(type(cache_client()), "delete_pattern", lambda _, *a, **k: search(*a, **k))

    forget_matching("price:*")

    assert KEY not in cache


@pytest.mark.usefixtures("broken_cache")
def test_a_cache_that_is_down_costs_time_but_no_answer() -> None:
    started = monotonic()

    assert get_or_compute(KEY, lambda: 42, ttl=60) == 42
    forget(KEY)
    assert not forget_matching("price:*")

    assert monotonic() - started < 6
