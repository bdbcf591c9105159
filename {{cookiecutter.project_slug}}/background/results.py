"""Celery's results, whose server stops no work when it is away."""

import logging
from typing import Any

from celery.backends import redis
from celery.backends.base import Backend
from redis.exceptions import RedisError

from background.database import DATABASE_TROUBLE

logger = logging.getLogger(__name__)

# What a server of results raises that is away, full, or does not answer; it may be the database.
TROUBLE = (OSError, RedisError, *DATABASE_TROUBLE)

_store = Backend.store_result


class RedisBackend(redis.RedisBackend):
    """Redis, asked for news of a result by whoever waits for it, and by nobody else."""

    def on_task_call(self, producer: Any, task_id: str) -> None:
        """Let a task be sent.

        The stock one (Celery 5.7) subscribes to its result before: with a server that hangs that
        took 10 s and ended in an error, and nothing was sent. `AsyncResult.get()` subscribes anew.
        """

    def mark_as_failure(self, task_id: str, exc: Exception, *args: Any, **kwargs: Any) -> None:
        """Tell those who wait for a task that it failed, or say in the log that nobody can.

        Only then Celery asks the task to keep a dead letter.
        """
        try:
            super().mark_as_failure(task_id, exc, *args, **kwargs)
        except Exception:
            # What is given as `link_error=` is sent from here, and may be all that can't be sent.
            logger.exception("Nobody is told that task %s failed", task_id)


def store_if_possible(
    backend: Backend, task_id: str, result: Any, state: str, *args: Any, **kwargs: Any
) -> Any:
    """Store a result or a state of a task, or say in the log that it is missing.

    What the stock one (Celery 5.7) raises counts as the task's own failure: before the task, for
    the state STARTED, so that it never runs, and its message is acknowledged all the same.
    """
    try:
        return _store(backend, task_id, result, state, *args, **kwargs)
    except TROUBLE as error:
        logger.error("That task %s is %s is not kept: %s", task_id, state, error)
        return result


def use() -> None:
    """Have the worker that starts in this process use it."""
    Backend.store_result = store_if_possible  # type: ignore[assignment]
