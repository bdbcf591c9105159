"""What somebody revokes, as with a button of Flower's, is not to be done at all.

Celery drops one message, and a worker forgets about it when it stops; recovery would send the row
again.
"""

from typing import TYPE_CHECKING, Any

from background import lifecycle
from background.database import in_passing
from background.models import ATTEMPT, find_work
from background.options import work_id_of
from background.registry import registration_of

if TYPE_CHECKING:
    from celery.app.task import Context, Task


def end_row(sender: "Task[Any, Any]", request: "Context", expired: bool, **kwargs: Any) -> None:
    """End the row behind a message that was revoked, before its task began or while it ran."""
    if expired:
        # It has no row: those see to it themselves.
        return
    with in_passing(f"That {sender.name} was revoked"):
        attempt = int((request.headers or {}).get(ATTEMPT, 1))
        # A copy that is older than the row's last attempt says nothing of it.
        work = find_work(_row_id(sender, request), attempts__in=(attempt - 1, attempt))
        if work:
            lifecycle.revoke(work)


def _row_id(task: "Task[Any, Any]", request: Any) -> Any:
    return request.args[0] if registration_of(task.name) else work_id_of(request.id)
