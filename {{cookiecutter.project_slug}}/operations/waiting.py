"""Waiting for what may never answer, but not for long."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def outcomes[T](calls: Sequence[Callable[[], T]], *, seconds: float) -> list[T | Exception]:
    """What each call gives, or the error that it raises; all of them run at the same time.

    It is a TimeoutError for what takes longer than `seconds`: such a call is left behind in its
    thread, which does not keep the process from ending.
    """
    threads = [_Call(call, seconds) for call in calls]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.outcome for thread in threads]


class _Call(threading.Thread):
    def __init__(self, call: Callable[[], Any], seconds: float) -> None:
        super().__init__(daemon=True)
        self.outcome: Any = TimeoutError(f"no answer within {seconds:g} s")
        self._call = call

    def run(self) -> None:
        try:
            self.outcome = self._call()
        except Exception as error:
            self.outcome = error
        finally:
            connections.close_all()
