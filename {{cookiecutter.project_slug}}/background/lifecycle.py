"""How a row of work moves from one state to the next, apart from what its handler does itself."""

import logging
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from celery.exceptions import TaskRevokedError
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from background.errors import PermanentError, TransientError
from background.models import Work, first_look, lease_end, work_models
from background.storable import storable_text

logger = logging.getLogger(__name__)

RETRY_DELAY_CAP = timedelta(seconds=600)
# From the shortest of delays to years; with more of them a float overflows.
MOST_DOUBLINGS = 64
# For what can't be sent from here, such as a task that is not known (seconds).
UNKNOWN_RETRIES, UNKNOWN_RETRY_DELAY = 5, 10.0


def backoff(delay: float, failures: int) -> timedelta:
    """How long to wait after so many failures.

    Exponential from `delay` seconds, capped, with full jitter in its upper half, so that rows that
    failed together do not come back together.
    """
    longest = doubled(delay, times=failures - 1, cap=RETRY_DELAY_CAP).total_seconds()
    return timedelta(seconds=random.uniform(longest / 2, longest))


def doubled(delay: float, *, times: int, cap: timedelta) -> timedelta:
    """`delay` seconds doubled so many times, up to a cap, however many times these are."""
    longest = cap.total_seconds()
    # Of a row that has waited for hours the power alone is longer than time can tell.
    return timedelta(seconds=min(delay * 2.0 ** min(times, MOST_DOUBLINGS), longest))


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
        deferrals=0,
        due_at=lease_end(),
        started_at=timezone.now(),
    )
    if not taken:
        return None
    work = model._default_manager.get(pk=pk)
    if work.is_suspect and suspect_at_work(besides=work):
        # Side by side, the one that kills its process would take the innocent one along.
        work.move(status=Work.Status.PENDING, due_at=first_look())
        return None
    return work


def suspect_at_work(besides: Work | None = None) -> bool:
    """Whether some process works on a suspect, one other than `besides`."""
    at_work = Q(status=Work.Status.PROCESSING, crashes__gte=settings.WORK_SUSPECT_CRASHES)
    others = ~Q(pk=besides.pk) if besides else Q()
    return any(model._default_manager.filter(at_work, others).exists() for model in work_models())


def release(work: Work) -> None:
    """Hand the row back uncounted: its process was told to stop, which is nobody's failure."""
    work.move(**_ready(timezone.now()))
    logger.info("%s is handed back: the worker stops", work.label)


def retry(work: Work, error: BaseException) -> None:
    """Put the row back for a later attempt, or fail it when its retries are used up."""
    max_retries, retry_delay = work.retry_policy
    failures = work.failures + 1
    if failures > max_retries:
        fail(work, error)
        return
    wait = backoff(retry_delay, failures)
    if isinstance(error, TransientError):
        wait = max(wait, timedelta(seconds=error.retry_after))
    postpone(work, error, wait, failures=failures)


def postpone(
    work: Work, error: BaseException, wait: timedelta, *, failures: int, **columns: Any
) -> None:
    """Put the row back until it is due again, with other columns changed in the same move.

    Recovery sends it then.
    """
    due_at = timezone.now() + wait
    work.move(failures=failures, error=explain(error), **_ready(due_at), **columns)
    logger.warning("%s is tried again in %.1f s: %s", work.label, wait.total_seconds(), error)


def fail(work: Work, error: BaseException, *, expected: bool = False) -> None:
    """Make the row FAILED for good, and a dead letter of it unless the end was an expected one."""
    with transaction.atomic():
        work.move(**_failed(explain(error)))
        work.after_failure()
        if not expected:
            work.bury(error)
    logger.error("%s failed: %s", work.label, error)


def put_off(work: Work, error: Exception) -> None:
    """Wait with a PENDING row that can't be sent or run from here.

    In a deploy not every process knows its task, its arguments or its queue yet, and a strange
    error may pass. After `UNKNOWN_RETRIES` tries, which take some five minutes, it fails.
    """
    deferrals = work.deferrals + 1
    if deferrals > UNKNOWN_RETRIES:
        if _fail_if_in(work, _waiting(work), explain(error), error=error):
            logger.error("%s is given up: %s", work.label, error)
        return
    due_at = timezone.now() + backoff(UNKNOWN_RETRY_DELAY, deferrals)
    if work.move_if_in(_waiting(work), deferrals=deferrals, due_at=due_at):
        logger.warning("%s has to wait: %s", work.label, error)


def give_up(work: Work, reason: str) -> None:
    """Make a row FAILED from outside, when what it waited for has failed.

    A worker in the middle of it loses its lease. Nothing happens to a final row.
    """
    _fail_if_in(work, _open(work), storable_text(reason))


def revoke(work: Work) -> None:
    """Make an open row FAILED that somebody has revoked by hand, with a dead letter of it.

    A worker in the middle of it loses its lease. Nothing happens if the row has gone on since.
    """
    same = _open(work).filter(attempts=work.attempts)
    reason = "It was revoked."
    if _fail_if_in(work, same, reason, error=TaskRevokedError(reason)):
        logger.warning("%s is given up: it was revoked", work.label)


def reopen_crashed(work: Work) -> bool:
    """Take a row from a process that let its lease run out; whether this call did.

    It becomes PENDING and due at once, or FAILED when it took too many processes with it.
    """
    crashes = work.crashes + 1
    expired = _rows(work).filter(
        status=Work.Status.PROCESSING, attempts=work.attempts, due_at__lte=timezone.now()
    )
    if crashes < settings.WORK_MAX_CRASHES:
        return work.move_if_in(expired, crashes=crashes, **_ready(timezone.now()))
    reason = f"Its process died {crashes} times while working on it"
    return _fail_if_in(work, expired, reason, error=RuntimeError(reason), crashes=crashes)


def replay(work: Work) -> bool:
    """Give a FAILED row a fresh start; whether it was FAILED. The caller dispatches it.

    Raises IntegrityError when a constraint of its model lets it not be open now.
    """
    return work.move_if_in(
        _rows(work).filter(status=Work.Status.FAILED),
        failures=0,
        crashes=0,
        dispatches=0,
        deferrals=0,
        error="",
        finished_at=None,
        **_ready(timezone.now()),
    )


def recognise(work: Work, rows: "QuerySet[Any]") -> bool:
    """Make a FAILED row COMPLETE if it is one of `rows`; whether it was.

    Its work was done all the same, as somebody has seen elsewhere.
    """
    return work.move_if_in(rows.filter(status=Work.Status.FAILED), **work.completed())


def explain(error: BaseException) -> str:
    """What the owner of a row reads about an error.

    Only our own errors speak to people; others may name hosts, paths or secrets, and stand in the
    log and in the dead letter.
    """
    if isinstance(error, TransientError | PermanentError):
        return storable_text(str(error))
    return "Something went wrong on our side."


def _ready(at: datetime) -> dict[str, Any]:
    return {"status": Work.Status.PENDING, "due_at": at, "ready_at": at}


def _failed(reason: str) -> dict[str, Any]:
    return {
        "status": Work.Status.FAILED,
        "error": reason,
        "due_at": None,
        "finished_at": timezone.now(),
    }


def _fail_if_in(
    work: Work,
    rows: "QuerySet[Work]",
    reason: str,
    *,
    error: BaseException | None = None,
    **columns: Any,
) -> bool:
    """Make the row FAILED, with a dead letter of an error, if it is one of `rows`; whether it was.

    Other columns change in the same move.
    """
    with transaction.atomic():
        failed = work.move_if_in(rows, **_failed(reason), **columns)
        if failed:
            work.after_failure()
            if error:
                work.bury(error)
    return failed


def _open(work: Work) -> "QuerySet[Work]":
    return _rows(work).filter(status__in=Work.OPEN)


def _waiting(work: Work) -> "QuerySet[Work]":
    return _rows(work).filter(status=Work.Status.PENDING, attempts=work.attempts)


def _rows(work: Work) -> "QuerySet[Work]":
    return type(work)._default_manager.all()
