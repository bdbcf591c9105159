"""Light tasks taken up again: by recovery when their process died, or by hand."""

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.tasks import TaskResultStatus
from django.tasks.exceptions import InvalidTask
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)


def recover_light_tasks() -> int:
    """Make light tasks READY again whose process died; how many were taken from one.

    The process that runs them gives no sign of life, so whatever runs for longer than
    LIGHT_TASK_LEASE_SECONDS counts as lost. One that is only slow then runs a second time beside
    the first, and any may have been killed after its effect: a light task must bear repetition.
    One started WORK_MAX_CRASHES times is FAILED instead, or it would end one process after
    another.
    """
    oldest = timezone.now() - timedelta(seconds=settings.LIGHT_TASK_LEASE_SECONDS)
    lost = DBTaskResult.objects.running().filter(started_at__lte=oldest)
    return sum(_take_up(result) for result in lost)


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
    same_start = DBTaskResult.objects.running().filter(pk=result.pk, started_at=result.started_at)
    if not same_start.update(**changes):
        return False
    logger.warning("%s %s lost its process: %s", result.task_path, result.pk, changes["status"])
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
