"""How a row of work moves from one state to the next, apart from what its handler does itself."""

import logging
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from background.errors import PermanentError, TransientError
from background.models import DeadLetter, Work, lease_end
from background.registry import registration_for

logger = logging.getLogger(__name__)

RETRY_DELAY_CAP = timedelta(seconds=600)


def backoff(delay: float, failures: int) -> timedelta:
    """How long to wait after so many failures.

    Exponential from `delay` seconds, capped, with full jitter in its upper half, so that rows that
    failed together do not come back together.
    """
    longest = min(delay * 2 ** (failures - 1), RETRY_DELAY_CAP.total_seconds())
    return timedelta(seconds=random.uniform(longest / 2, longest))


def claim[W: Work](model: type[W], pk: UUID | str, attempt: int) -> W | None:
    """Take a PENDING row for its attempt number `attempt`.

    None when the message is stale or doubled: the row is taken, finished, or further on.
    """
    taken = model._default_manager.filter(
        pk=pk, status=Work.Status.PENDING, attempts=attempt - 1
    ).update(
        status=Work.Status.PROCESSING,
        attempts=attempt,
        dispatches=0,
        due_at=lease_end(),
        started_at=timezone.now(),
    )
    if not taken:
        return None
    return model._default_manager.get(pk=pk)


def release(work: Work) -> None:
    """Hand the row back uncounted: its process was told to stop, which is nobody's failure."""
    work.move(status=Work.Status.PENDING, due_at=timezone.now())
    logger.info("%s is handed back: the worker stops", work.label)


def retry(work: Work, error: BaseException) -> None:
    """Put the row back for a later attempt, or fail it when its retries are used up."""
    registration = registration_for(type(work))
    failures = work.failures + 1
    if failures > registration.max_retries:
        fail(work, error)
        return
    wait = backoff(registration.retry_delay, failures)
    if isinstance(error, TransientError):
        wait = max(wait, timedelta(seconds=error.retry_after))
    work.move(
        status=Work.Status.PENDING,
        failures=failures,
        error=explain(error),
        due_at=timezone.now() + wait,
    )
    logger.warning("%s is tried again in %.1f s: %s", work.label, wait.total_seconds(), error)


def fail(work: Work, error: BaseException, *, expected: bool = False) -> None:
    """Make the row FAILED for good, and a dead letter of it unless the end was an expected one."""
    with transaction.atomic():
        work.move(**_failed(explain(error)))
        _after_failure(work)
        if not expected:
            _bury(work, error)
    logger.error("%s failed: %s", work.label, error)


def give_up(work: Work, reason: str) -> None:
    """Make a row FAILED from outside, when what it waited for has failed.

    A worker in the middle of it loses its lease. Nothing happens to a final row.
    """
    with transaction.atomic():
        unfinished = _rows(work).exclude(status__in=[Work.Status.COMPLETE, Work.Status.FAILED])
        if work.move_if_in(unfinished, **_failed(reason)):
            _after_failure(work)


def reopen_crashed(work: Work) -> bool:
    """Take a row from a process that let its lease run out; whether this call did.

    It becomes PENDING and due at once, or FAILED when it took too many processes with it.
    """
    crashes = work.crashes + 1
    expired = _rows(work).filter(
        status=Work.Status.PROCESSING, attempts=work.attempts, due_at__lte=timezone.now()
    )
    if crashes < settings.WORK_MAX_CRASHES:
        return work.move_if_in(
            expired, status=Work.Status.PENDING, crashes=crashes, due_at=timezone.now()
        )
    reason = f"Its process died {crashes} times while working on it"
    with transaction.atomic():
        failed = work.move_if_in(expired, crashes=crashes, **_failed(reason))
        if failed:
            _after_failure(work)
            _bury(work, RuntimeError(reason))
    return failed


def replay(work: Work) -> bool:
    """Give a FAILED row a fresh start; whether it was FAILED. The caller dispatches it."""
    return work.move_if_in(
        _rows(work).filter(status=Work.Status.FAILED),
        status=Work.Status.PENDING,
        failures=0,
        crashes=0,
        dispatches=0,
        error="",
        due_at=timezone.now(),
        finished_at=None,
    )


def explain(error: BaseException) -> str:
    """What the owner of a row reads about an error.

    Only our own errors speak to people; others may name hosts, paths or secrets, and stand in the
    log and in the dead letter.
    """
    if isinstance(error, TransientError | PermanentError):
        return str(error)
    return "Something went wrong on our side."


def _failed(reason: str) -> dict[str, Any]:
    return {
        "status": Work.Status.FAILED,
        "error": reason,
        "due_at": None,
        "finished_at": timezone.now(),
    }


def _after_failure(work: Work) -> None:
    on_failure = registration_for(type(work)).on_failure
    if on_failure:
        on_failure(work)


def _bury(work: Work, error: BaseException) -> None:
    task = registration_for(type(work)).task
    DeadLetter.record(task.name, [str(work.pk), work.attempts], {}, error)


def _rows(work: Work) -> "QuerySet[Work]":
    return type(work)._default_manager.all()
