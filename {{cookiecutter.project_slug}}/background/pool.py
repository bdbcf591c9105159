"""Celery's pool of processes, which now survives children that end, and those that do not."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from celery.concurrency import prefork
from celery.concurrency.asynpool import AsynPool
from celery.platforms import EX_FAILURE
from celery.worker import state

from background.stopping import LAST_SECONDS

# What children get to follow a worker that is told to stop at once, after their work has ended or
# was handed back (seconds).
PATIENCE = LAST_SECONDS + 5.0


class Pool(AsynPool):
    """A pool whose worker neither dies of a child that has ended nor waits for one that does not.

    The stock one (Celery 5.7) asks for the descriptor that it has closed when the connection comes
    back before it looks after its children, and the whole worker ends with "file descriptor is
    None". A child that was just being sent a task when the worker was told to stop waits for the
    rest of it, and the worker for the child, for ever. So does a worker that has failed itself, for
    tasks that nobody runs; it neither works then, nor ends so that somebody would start it anew.
    """

    def join(self) -> None:
        """Wait for the children, unless they were told to end at once or the worker has failed."""
        watchdog = _timer(self._end_children)
        if state.should_terminate or state.should_stop is None:
            watchdog.start()
        try:
            super().join()
        finally:
            watchdog.cancel()

    def _end_children(self) -> None:
        for child in list(self._pool):  # type: ignore[attr-defined]  # missing in the stubs
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
        # What the dead ones have left in their pipes may still be waited for.
        _timer(partial(os._exit, EX_FAILURE)).start()

    def _track_child_process(self, proc: Any, hub: Any) -> None:
        # Absent before it is first tracked, None once it has ended.
        if getattr(proc, "_sentinel_poll", proc) is not None:
            super()._track_child_process(proc, hub)  # type: ignore[misc]  # missing in the stubs


def _timer(action: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(PATIENCE, action)
    timer.daemon = True
    return timer


def use() -> None:
    """Have the worker that starts in this process use it."""
    prefork.TaskPool.Pool = Pool
