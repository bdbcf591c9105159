"""Light tasks taken up again: when their process could not end them, or by hand."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import Q
from django.tasks import TaskResultStatus
from django.tasks.exceptions import InvalidTask
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from background.database import DATABASE_TROUBLE
from background.lifecycle import UNKNOWN_RETRIES, UNKNOWN_RETRY_DELAY, backoff

logger = logging.getLogger(__name__)


def _paths(*errors: type[BaseException]) -> list[str]:
    """How the library writes down errors."""
    return [f"{each.__module__}.{each.__qualname__}" for each in errors]


# No fault of the task's: trouble with the database, and a process that was told to stop at once.
INNOCENT = _paths(*DATABASE_TROUBLE, SystemExit)
# A task that this process does not know: in a deploy not every one does yet.
UNKNOWN = _paths(ImportError, ModuleNotFoundError)


def recover_light_tasks() -> int:
    """Make light tasks READY again that failed by no fault of their own; how many.

    The process that runs them gives no sign of life, so whatever runs for longer than
    LIGHT_TASK_LEASE_SECONDS counts as lost. One that is only slow then runs a second time beside
    the first, and any may have been killed after its effect: a light task must bear repetition.
    One started WORK_MAX_CRASHES times is FAILED instead, or it would end one process after
    another. One that its process did not know waits for a process that does, up to UNKNOWN_RETRIES
    times, which take some five minutes; so does one that met an ImportError of its own, which the
    library writes down alike.
    """
    oldest = timezone.now() - timedelta(seconds=settings.LIGHT_TASK_LEASE_SECONDS)
    overdue = Q(status=TaskResultStatus.RUNNING, started_at__lte=oldest)
    innocent = Q(status=TaskResultStatus.FAILED, exception_class_path__in=INNOCENT)
    lost = sum(_take_up(result) for result in DBTaskResult.objects.filter(overdue | innocent))
    unknown = DBTaskResult.objects.failed().filter(exception_class_path__in=UNKNOWN)
    return lost + sum(_put_off_unknown(result) for result in unknown)


def take_up_from(worker_id: str) -> int:
    """Make light tasks READY again that a process has begun and works on no more; how many."""
    begun = [each for each in DBTaskResult.objects.running() if each.worker_ids[-1:] == [worker_id]]
    return sum(_take_up(result) for result in begun)


def run_again(result: "DBTaskResult[..., object]") -> None:
    """Enqueue a finished light task anew with the same arguments; the old result stays.

    Raises LookupError when it has not finished yet, or is no light task any more.
    """
    if result.status not in {TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED}:
        raise LookupError(f"{result.task_path} is {result.status}, so it is not run again")
    try:
        task = result.task.using(run_after=None)
    except (ImportError, SuspiciousOperation, InvalidTask) as error:
        raise LookupError(f"Can't run {result.task_path} again: {error}") from error
    task.enqueue(*result.args_kwargs["args"], **result.args_kwargs["kwargs"])


def _take_up(result: "DBTaskResult[..., object]") -> bool:
    starts = len(result.worker_ids)
    changes = _failed(starts) if starts >= settings.WORK_MAX_CRASHES else _ready()
    if result.status == changes["status"]:
        return False
    return _move(result, "was lost", changes)


def _put_off_unknown(result: "DBTaskResult[..., object]") -> bool:
    starts = len(result.worker_ids)
    if starts > UNKNOWN_RETRIES:
        return False
    run_after = timezone.now() + backoff(UNKNOWN_RETRY_DELAY, starts)
    return _move(result, "was not known", _ready() | {"run_after": run_after})


def _move(result: "DBTaskResult[..., object]", why: str, changes: dict[str, Any]) -> bool:
    same_start = DBTaskResult.objects.filter(
        pk=result.pk, status=result.status, started_at=result.started_at
    )
    if not same_start.update(**changes):
        return False
    logger.warning("%s %s %s: %s", result.task_path, result.pk, why, changes["status"])
    return True


def _ready() -> dict[str, Any]:
    return {"status": TaskResultStatus.READY}


def _failed(starts: int) -> dict[str, Any]:
    return {
        "status": TaskResultStatus.FAILED,
        "finished_at": timezone.now(),
        "exception_class_path": "builtins.RuntimeError",
        "traceback": f"Its process died {starts} times while working on it",
    }
