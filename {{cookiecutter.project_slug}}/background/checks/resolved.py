"""What Celery has made of the settings."""

from typing import Any

from celery import current_app
from celery.app.amqp import Queues
from celery.app.routes import Router, prepare
from celery.app.task import Task

REDIS, RABBITMQ = "redis", "amqp"


def own_tasks() -> list["Task[Any, Any]"]:
    """Every registered task but those of Celery itself."""
    tasks = current_app.tasks
    return [tasks[name] for name in sorted(tasks) if not name.startswith("celery.")]


def broker() -> str:
    """The broker's kind, `REDIS` (also behind sentinels) or `RABBITMQ`, told without connecting."""
    return str(current_app.connection_for_read().transport.driver_type)


def queues() -> Queues:
    """The queues by name."""
    return current_app.amqp.Queues(current_app.conf.task_queues)


def queue_of(task: "Task[Any, Any]") -> str:
    """The queue that a task is sent to, by its decorator, its route or the default.

    Raises QueueNotFound when there is no such queue.
    """
    router = Router(prepare(current_app.conf.task_routes), queues(), app=current_app)
    own = getattr(task, "queue", None)
    options = {"queue": own} if own else {}
    route = router.route(options, task.name, task_type=task)  # type: ignore[arg-type]  # stubs
    return str(route["queue"].name)
