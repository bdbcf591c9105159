"""What a task is tried on: one call of it, and what that brings about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery import Task
from django.tasks import Task as LightTask

from background.models import TaskCall, Work
from tests.support.mailbox import Mailbox
from tests.support.serving import HttpService


@dataclass(frozen=True)
class FarEnds:
    """Where effects are seen that leave the database.

    `log` is what the worker has written since the example began: the local stand-ins of outside
    services write a line for each effect.
    """

    mailbox: Mailbox
    service: HttpService
    log: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class Example:
    """One call of a task, named by its dotted path, and its effect.

    `make` sets up what the call is about and gives its row of work; what is dispatched meanwhile is
    not sent. `effects` counts how often the effect was seen: 0 before the call, 1 after it, and
    after whatever it has started. `environment` is what a worker is told where the shared one won't
    do. `case` tells the examples of a task apart where it needs several.
    """

    task: str
    make: Callable[[FarEnds], Work]
    effects: Callable[[FarEnds], int]
    environment: Mapping[str, str] = field(default_factory=dict)
    case: str = ""

    def __str__(self) -> str:
        return f"{self.task} {self.case}".rstrip()


@dataclass(frozen=True, kw_only=True)
class LightExample:
    """One call of a light task, and its effect, which is counted as that of an Example.

    `make` sets up what the call is about and gives its arguments.
    """

    task: "LightTask[..., None]"
    make: Callable[[], Sequence[Any]]
    effects: Callable[[FarEnds], int]

    def __str__(self) -> str:
        return self.task.module_path


def call(task: "Task[..., Any]", *args: Any) -> TaskCall:
    """The call of a task that has no model."""
    row = TaskCall.of(task.name, args, {})
    row.save(force_insert=True)
    return row
