"""The moment when a worker that was told to stop waits no longer for what it runs."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from django.db import connections

# SIGQUIT is what children get where REMAP_SIGTERM names it.
STOP_SIGNALS = (signal.SIGTERM, signal.SIGQUIT)
# What a process gets after that to hand back its work (seconds). Then the kernel ends it: whatever
# swallows the exception, or waits for a lock that it left behind, would otherwise go on for ever,
# and the heartbeat beside it with the row.
LAST_SECONDS = 5.0


class WorkerStopping(BaseException):
    """The worker was told to stop and its grace is over."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a stop signal end the block with WorkerStopping, and the process soon after.

    A worker whose grace is over ends its children with one of `STOP_SIGNALS`. Without this the row
    would wait for its lease and count a crash. Threads receive no signals, so nothing changes
    there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {signum: signal.signal(signum, _stop) for signum in STOP_SIGNALS}
    try:
        yield
    except WorkerStopping:
        # A query that it has cut short leaves the connection to Postgres of no use, and the row
        # could not be handed back over it.
        connections.close_all()
        raise
    finally:
        for signum, handler in previous.items():
            signal.signal(signum, handler)


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, LAST_SECONDS)
    raise WorkerStopping
