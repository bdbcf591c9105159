"""What somebody revokes is not to be done at all: the row ends, and not only a message.

Celery drops a message, and a worker forgets about it when it stops; recovery would send the row
again.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from celery.signals import task_revoked
from celery.utils.functional import maybe_list
from celery.worker import state as worker_state
from celery.worker.control import control_command
from celery.worker.control import revoke as stock_revoke  # type: ignore[attr-defined]

from background import lifecycle
from background.database import in_passing
from background.models import ATTEMPT, TaskCall, find_work
from background.options import work_id_of
from background.registry import registration_of

if TYPE_CHECKING:
    from celery.app.task import Context, Task


def revoke(state: Any, task_id: Any, terminate: bool = False, **options: Any) -> Any:
    """Revoke tasks by their ids, and end the rows behind them before anybody takes them up again.

    One that runs goes on, unless it is to be terminated.
    """
    task_ids = maybe_list(task_id) or []
    with in_passing(f"That {task_ids} were revoked"):
        _end_waiting_calls(task_ids)
        if terminate:
            _end_those_here(task_ids)
    return stock_revoke(state, task_ids, terminate, **options)


def end_row(sender: "Task[Any, Any]", request: "Context", expired: bool, **kwargs: Any) -> None:
    """End the row behind a message that a worker has dropped because it was revoked."""
    if expired:
        # A message without a row; a row has a time of its own.
        return
    with in_passing(f"That {sender.name} was revoked"):
        _end_row_of(sender, request)


def use() -> None:
    """Have the worker that starts in this process use it."""
    control_command(name="revoke", variadic="task_id", signature="[id1 [id2 [... [idN]]]]")(revoke)
    task_revoked.connect(end_row, dispatch_uid="background.revocation")


def _end_waiting_calls(task_ids: Iterable[str]) -> None:
    waiting = TaskCall.objects.filter(status=TaskCall.Status.PENDING)
    for call in waiting.filter(pk__in=map(work_id_of, task_ids)):
        lifecycle.revoke(call)


def _end_those_here(task_ids: Iterable[str]) -> None:
    for task_id in task_ids:
        request: Any = worker_state.requests.get(task_id)
        if request:
            _end_row_of(request.task, request._context)


def _end_row_of(task: "Task[Any, Any]", request: Any) -> None:
    row_id = request.args[0] if registration_of(task.name) else work_id_of(request.id)
    attempt = int((request.headers or {}).get(ATTEMPT, 1))
    # A copy that is older than the row's last attempt says nothing of it.
    work = find_work(row_id, attempts__in=(attempt - 1, attempt))
    if work:
        lifecycle.revoke(work)
