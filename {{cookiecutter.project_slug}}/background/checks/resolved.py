"""What Celery has made of the settings."""

from typing import Any

from celery import current_app
from celery.app.amqp import Queues
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
