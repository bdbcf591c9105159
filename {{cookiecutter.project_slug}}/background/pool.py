"""Celery's pool of processes, which now survives that a child ends while the broker is away."""

from typing import Any

from celery.concurrency import prefork
from celery.concurrency.asynpool import AsynPool


class Pool(AsynPool):
    """A pool that passes over a child whose end it has seen, and replaces it at its next look.

    The stock one (Celery 5.7) asks for the descriptor that it has closed when the connection comes
    back before that look, and the whole worker ends with "file descriptor is None".
    """

    def _track_child_process(self, proc: Any, hub: Any) -> None:
        # Absent before it is first tracked, None once it has ended.
        if getattr(proc, "_sentinel_poll", proc) is not None:
            super()._track_child_process(proc, hub)  # type: ignore[misc]  # missing in the stubs


def use() -> None:
    """Have the worker that starts in this process use it."""
    prefork.TaskPool.Pool = Pool
