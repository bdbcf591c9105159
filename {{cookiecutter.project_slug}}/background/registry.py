"""Which task works on the rows of which model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps

if TYPE_CHECKING:
    from celery.app.task import Task

    from background.models import Work


@dataclass(frozen=True, kw_only=True)
class Registration:
    """How the rows of one model are worked on; delays in seconds."""

    label: str
    handler: Callable[[Any], None]
    task: "Task[Any, Any]"
    max_retries: int
    retry_delay: float
    on_failure: Callable[[Any], None] | None

    @property
    def model(self) -> "type[Work]":
        """The model behind the label, once Django's app registry is ready."""
        return cast("type[Work]", apps.get_model(self.label))


_registrations: dict[str, Registration] = {}


def register(registration: Registration) -> None:
    """Note the task of a model. Raises ValueError when the model has another one."""
    label = registration.label.lower()
    known = _registrations.get(label)
    if known and known.task.name != registration.task.name:
        raise ValueError(
            f"{registration.label} is worked on by {known.task.name} already; a model has one "
            f"task, so give {registration.task.name} a model of its own"
        )
    _registrations[label] = registration


def find_registration(model: "type[Work]") -> Registration | None:
    """The task of a model; None when none was declared, as once it was removed."""
    return _registrations.get(model._meta.label_lower)


def registration_for(model: "type[Work]") -> Registration:
    """The task of a model. Raises LookupError when none was declared."""
    registration = find_registration(model)
    if registration is None:
        label = model._meta.label
        raise LookupError(
            f'No task works on {label}: declare one with @work_task("{label}") in its tasks.py'
        )
    return registration


def task_name(model: "type[Work]") -> str:
    """What people are told of who works on a model: its task, or the model where it has none."""
    registration = find_registration(model)
    return registration.task.name if registration else model._meta.label


def registration_of(task_name: str) -> Registration | None:
    """The rows that a task works on; None when it works on none."""
    found = (each for each in _registrations.values() if each.task.name == task_name)
    return next(found, None)
