"""Whether the code of a task takes what a message brings: in a deploy old code may meet new."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery.app.task import Task


def check_arguments(task: "Task[Any, Any]", args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Raises TypeError when the task does not take these arguments, as where Celery sends it.

    Not for a task that is a class, or has `typing=False`: Celery knows no arguments of these.
    """
    header = getattr(task, "__header__", None)
    if header and task.typing:
        header(*args, **kwargs)
