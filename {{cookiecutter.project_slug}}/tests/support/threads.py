"""Doing the same several times at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def in_threads[T](call: Callable[[int], T], count: int) -> list[T]:
    """What each thread got, every one on a connection of its own."""

    def run(number: int) -> T:
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
