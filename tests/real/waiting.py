"""Waiting for a condition, never for a time."""

from collections.abc import Callable
from threading import Event
from time import monotonic


def wait_until[T](condition: Callable[[], T], seconds: float, what: str) -> T:
    """Return the condition's first true value; fail, saying what, if none comes in time."""
    end = monotonic() + seconds
    while not (value := condition()):
        assert monotonic() < end, f"not within {seconds} s: {what}"
        Event().wait(0.1)
    return value
