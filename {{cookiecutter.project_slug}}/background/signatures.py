"""Whether the code of a task takes what a message brings: in a deploy old code may meet new."""

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from celery.app.task import Task


def check_arguments(task: "Task[Any, Any]", args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Raises TypeError when the task does not take these arguments."""
    inspect.signature(task.run).bind(*args, **kwargs)
