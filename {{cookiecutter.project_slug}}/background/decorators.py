"""Declaring the task of a model whose rows are work."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded

from background import lifecycle
from background.database import DATABASE_TROUBLE, in_passing, is_lost, patiently
from background.errors import LeaseLostError, PermanentError, TransientError
from background.guards import GuardedTask
from background.lease import Heartbeat
from background.models import Work
from background.registry import Registration, register, registration_of
from background.stopping import WorkerStopping, stoppable

logger = logging.getLogger(__name__)

# What may go away by itself: a far end that is slow or away, also when it is slow enough to meet
# the soft time limit; a deadlock or a lock of the database's.
TRANSIENT = (
    TransientError,
    ConnectionError,
    TimeoutError,
    SoftTimeLimitExceeded,
    *DATABASE_TROUBLE,
)


class WorkTask(GuardedTask):
    """The base of every task with a row.

    The row owns its retries, so it has none of Celery's: with a doubled message those ran 7 times
    where 4 were allowed.
    """

    abstract = True

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Count a hard time limit as a failure.

        The worker calls this before it ends the process, which would take the signal for an
        orderly stop and hand the row back uncounted, again and again.
        """
        registration = registration_of(self.name)
        if registration and isinstance(exc, TimeLimitExceeded):
            with in_passing(f"That {self.name} took too long"):
                fail_overdue(registration, *args)


def work_task[W: Work](
    label: str,
    *,
    max_retries: int = 5,
    retry_delay: float = 2.0,
    on_failure: Callable[[W], None] | None = None,
    **options: Any,
) -> Callable[[Callable[[W], None]], Callable[[W], None]]:
    """Declare the task that works on the rows of a model.

    `label` is the model's lazy label, as of a foreign key, because tasks.py imports no models. The
    decorated function is handed a row that this process holds, and its heartbeat runs meanwhile.
    What it raises decides: `TRANSIENT` puts the row back up to `max_retries` times, after
    `retry_delay` seconds and twice as long each time; PermanentError is an expected end; anything
    else fails the row and makes a dead letter. `on_failure(row)` runs in the transaction that
    makes the row FAILED. Further options (time limits in seconds) go to Celery.
    """

    def declare(handler: Callable[[W], None]) -> Callable[[W], None]:
        @shared_task(name=f"{handler.__module__}.{handler.__name__}", base=WorkTask, **options)
        def task(work_id: str, attempt: int) -> None:
            work_on(registration, work_id, attempt)

        registration = Registration(
            label=label,
            handler=handler,
            task=task,
            max_retries=max_retries,
            retry_delay=retry_delay,
            on_failure=on_failure,
        )
        register(registration)
        return handler

    return declare


def work_on(registration: Registration, work_id: str, attempt: int) -> None:
    """Claim a row and work on it; returns without a trace when it is not to be had."""
    work = patiently(partial(lifecycle.claim, registration.model, work_id, attempt))
    if work is None:
        logger.info("%s %s: attempt %s is taken or stale", registration.label, work_id, attempt)
        return
    try:
        with stoppable(), Heartbeat(work):
            registration.handler(work)
            if not work.is_final:
                with work.completing():
                    pass
    except LeaseLostError as lost:
        logger.warning("%s", lost)
    except WorkerStopping as stop:
        _settle(work, stop)
        raise SystemExit(0) from None
    except Exception as error:
        if is_lost(error):
            logger.warning("%s is left to recovery, its database was lost: %s", work.label, error)
        else:
            _settle(work, error)


def fail_overdue(registration: Registration, work_id: str, attempt: int) -> None:
    """Take a row from a process that passed its hard time limit, and try it again later."""
    rows = registration.model._default_manager
    work = rows.filter(pk=work_id, attempts=attempt).first()
    if work:
        _settle(work, TransientError("It took too long."))


def _settle(work: Work, error: BaseException) -> None:
    """Move a row on after an error, unless it is somebody else's by now.

    One that the database does not let go, as for a lock, is left to recovery: its lease runs out.
    """
    try:
        patiently(partial(_move, work, error))
    except LeaseLostError as lost:
        logger.warning("%s, and it ended with an error", lost, exc_info=error)
    except DATABASE_TROUBLE as trouble:
        logger.warning("%s is left to recovery (%s), after:", work.label, trouble, exc_info=error)


def _move(work: Work, error: BaseException) -> None:
    if isinstance(error, WorkerStopping):
        lifecycle.release(work)
    elif isinstance(error, TRANSIENT):
        lifecycle.retry(work, error)
    else:
        lifecycle.fail(work, error, expected=isinstance(error, PermanentError))
