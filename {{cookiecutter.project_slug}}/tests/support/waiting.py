"""Waiting for a condition instead of for a time."""

import threading
import time
from collections.abc import Callable

# Long enough for a busy machine (seconds); only a test that fails waits for all of it.
PATIENCE = 180


def wait_until[T](condition: Callable[[], T], timeout: float = PATIENCE, every: float = 0.05) -> T:
    """Call `condition` until its value is true, and give that; seconds.

    Raises AssertionError, naming the condition's last value, when it takes longer.
    """
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while not (value := condition()):
        assert time.monotonic() < deadline, f"Not within {timeout} s; last seen: {value!r}"
        pause.wait(every)
    return value
