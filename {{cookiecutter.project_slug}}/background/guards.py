"""What is refused at the moment when a message is to be sent."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from celery import uuid
from celery.contrib.django.task import DjangoTask
from celery.result import AsyncResult
from django.conf import settings
from django.db import connection
from django.db.transaction import TransactionManagementError

from background.options import delay_of, steps_of

logger = logging.getLogger(__name__)


def in_transaction() -> bool:
    """Whether somebody may still roll back; a test's own transaction does not count."""
    own = [each for each in connection.atomic_blocks if not getattr(each, "_from_testcase", False)]
    return bool(own)


class GuardedTask(DjangoTask[..., Any]):
    """The base of all tasks: refuses what would be lost or done twice.

    With settings.STRICT_DISPATCH it raises; without, in production, it says so in the log and sends
    the task in the safe way.
    """

    abstract = True

    def apply_async(  # type: ignore[override]
        self,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        task_id: str | None = None,
        producer: Any = None,
        **options: Any,
    ) -> "AsyncResult[Any]":
        """Send the task now.

        Raises TransactionManagementError inside a transaction, and ValueError for a delay that the
        broker may not keep.
        """
        fault = self._fault(options)
        if fault is None:
            return super().apply_async(
                tuple(args or ()), dict(kwargs or {}), task_id, producer, **options
            )
        if settings.STRICT_DISPATCH:
            raise fault
        from background.dispatch import send_on_commit

        logger.error("%s", fault)
        task_id = task_id or uuid()
        options["chain"] = steps_of(options.get("chain"))
        send_on_commit(self, args or (), kwargs or {}, task_id=task_id, **options)
        return AsyncResult(task_id)

    def _fault(self, options: Mapping[str, Any]) -> Exception | None:
        if in_transaction():
            return TransactionManagementError(
                f"{self.name} was sent inside a transaction: a worker may look before the commit, "
                "or for what is rolled back. Use .delay_on_commit(), dispatch() for a row of work, "
                "or .enqueue() for a light task"
            )
        if delay_of(options) > settings.LONGEST_COUNTDOWN_SECONDS:
            return ValueError(
                f"{self.name} was sent with a delay of more than LONGEST_COUNTDOWN_SECONDS "
                f"({settings.LONGEST_COUNTDOWN_SECONDS}), which a broker may double or lose. "
                "Use .apply_async_on_commit(countdown=...), which waits in the database"
            )
        return None
