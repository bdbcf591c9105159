"""Celery's pool of processes, without the mistakes by which it loses a worker."""

import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import suppress
from inspect import GEN_SUSPENDED, getgeneratorstate
from typing import Any

from celery.concurrency import asynpool, prefork
from celery.concurrency.asynpool import AsynPool
from celery.platforms import EX_FAILURE
from celery.worker import state

from background.stopping import LAST_SECONDS

# What children get to follow a worker that is told to stop at once, after their work has ended or
# was handed back (seconds).
PATIENCE = LAST_SECONDS + 5.0


class ResultHandler(asynpool.ResultHandler):
    """Reads what children answer, and keeps what it has begun to read.

    An answer may come in several parts: those that say "Ignore" have 40 KB, with their traceback.
    """

    _hub: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._children: dict[int, Any] = kwargs["fileno_to_outq"]
        # By descriptor: the child at the other end, and the reading of its last answer.
        self._readings: dict[int, tuple[Any, Generator[None]]] = {}

    def _recv_message(self, add_reader: Any, fd: int, callback: Any) -> Generator[None]:
        reading: Generator[None] = super()._recv_message(  # type: ignore[misc]
            add_reader, fd, callback
        )
        self._readings[fd] = self._children[fd], reading
        return reading

    def on_stop_not_started(self) -> None:
        """Read what is left when the worker stops, also while the broker is away."""
        for fd, reading in self.unfinished() if self._hub else ():
            # Where the stock one looks for it; a lost connection has emptied that.
            self._hub.readers.setdefault(fd, (reading, ()))
        super().on_stop_not_started()

    def unfinished(self) -> list[tuple[int, Generator[None]]]:
        """What has not been read to its end, by descriptor; nothing of children that are gone."""
        return [
            (fd, reading)
            for fd, (child, reading) in self._readings.items()
            if self._children.get(fd) is child and getgeneratorstate(reading) == GEN_SUSPENDED
        ]


class Pool(AsynPool):
    """A pool whose worker survives a lost connection, and ends when it has to.

    A worker with the stock one (Celery 5.7)

    - fails with "file descriptor is None" when the connection comes back before it has looked after
      a child that has ended;
    - fails, or hears that child no more, when the connection breaks amid the answer of a child: it
      takes the rest for the beginning of another answer;
    - is told to stop, and waits for ever for a child that was just being sent a task;
    - has failed, and waits for ever for tasks that nobody runs: nobody starts another one then.
    """

    ResultHandler = ResultHandler

    def join(self) -> None:
        """Wait for the children, but not for long where the worker is to end at once or failed."""
        failed = isinstance(sys.exception(), Exception)
        if failed:
            # They hand back what they work on.
            self._signal_children(signal.SIGTERM)
        watchdogs = [
            threading.Timer(PATIENCE, self._signal_children, [signal.SIGKILL]),
            # What the dead ones have left in their pipes may still be waited for.
            threading.Timer(2 * PATIENCE, os._exit, [EX_FAILURE]),
        ]
        for watchdog in watchdogs if failed or state.should_terminate else ():
            watchdog.daemon = True
            watchdog.start()
        try:
            super().join()
        finally:
            for watchdog in watchdogs:
                watchdog.cancel()

    def register_with_event_loop(self, hub: Any) -> None:
        """Begin to read, also anew: then go on where the reading broke off."""
        super().register_with_event_loop(hub)
        for fd, reading in self._result_handler.unfinished():  # type: ignore[attr-defined]
            hub.add_reader(fd, reading)

    def _signal_children(self, signum: signal.Signals) -> None:
        for child in list(self._pool):  # type: ignore[attr-defined]  # missing in the stubs
            # One that was never started has no process.
            if child.pid:
                with suppress(ProcessLookupError):
                    os.kill(child.pid, signum)

    def _track_child_process(self, proc: Any, hub: Any) -> None:
        # Absent before it is first tracked, None once it has ended.
        if getattr(proc, "_sentinel_poll", proc) is not None:
            super()._track_child_process(proc, hub)  # type: ignore[misc]  # missing in the stubs


def use() -> None:
    """Have the worker that starts in this process use it."""
    prefork.TaskPool.Pool = Pool
