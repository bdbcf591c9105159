"""Django's tasks on Celery: the same light tasks, without a process of their own."""

import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from celery import shared_task, uuid
from django.tasks import Task, TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import TaskContext, TaskError
from django.tasks.signals import task_enqueued, task_finished, task_started
from django.utils import timezone
from django.utils.module_loading import import_string

from background.dispatch import send_on_commit
from background.errors import TransientError
from background.lifecycle import UNKNOWN_RETRY_DELAY, backoff


class CeleryBackend(BaseTaskBackend):
    """Publishes a light task once the transaction that enqueued it has committed."""

    def enqueue[**P, R](
        self, task: "Task[P, R]", args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> "TaskResult[P, R]":
        """Send the task after commit; its result is READY and is not kept."""
        self.validate_task(task)
        result = _new_result(task, uuid(), args, kwargs, self.alias)
        send_on_commit(
            run_light_task, [task.module_path, result.args, result.kwargs], {}, task_id=result.id
        )
        task_enqueued.send(type(self), task_result=result)
        return result


@shared_task(bind=True)
def run_light_task(self: Any, path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Run one light task by its dotted path."""
    task = _find(path, self.request.retries)
    result = _new_result(task, self.request.id, args, kwargs, task.backend)
    _update(result, status=TaskResultStatus.RUNNING, started_at=timezone.now())
    task_started.send(type(task.get_backend()), task_result=result)
    context = [TaskContext(task_result=result)] if task.takes_context else list[Any]()
    try:
        task.call(*context, *args, **kwargs)
    except Exception as error:
        path_of_error = f"{type(error).__module__}.{type(error).__qualname__}"
        lines = "".join(traceback.format_exception(error))
        result.errors.append(TaskError(exception_class_path=path_of_error, traceback=lines))
        _end(result, TaskResultStatus.FAILED)
        raise
    # One whose worker stops has not ended: it is handed back.
    _end(result, TaskResultStatus.SUCCESSFUL)


def _end(result: "TaskResult[..., Any]", status: TaskResultStatus) -> None:
    _update(result, status=status, finished_at=timezone.now())
    task_finished.send(type(result.task.get_backend()), task_result=result)


def _find(path: str, retries: int) -> "Task[..., Any]":
    """The light task, which in a deploy not every process knows yet: those wait for one that does.

    They try again as often as tasks do that fail for a passing reason.
    """
    try:
        task: Task[..., Any] = import_string(path)
    except ImportError as error:
        wait = backoff(UNKNOWN_RETRY_DELAY, retries + 1)
        raise TransientError(str(error), retry_after=wait.total_seconds()) from error
    return task


def _new_result[**P, R](
    task: "Task[P, R]",
    result_id: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    backend: str,
) -> "TaskResult[P, R]":
    return TaskResult(
        task=task,
        id=result_id,
        status=TaskResultStatus.READY,
        enqueued_at=timezone.now(),
        started_at=None,
        last_attempted_at=None,
        finished_at=None,
        args=list(args),
        kwargs=dict(kwargs),
        backend=backend,
        errors=[],
        worker_ids=[],
    )


def _update(result: "TaskResult[..., Any]", **changes: Any) -> None:
    """Change a result, which Django declares frozen to its users."""
    for name, value in changes.items():
        object.__setattr__(result, name, value)
