"""Starting work once its transaction has committed."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from celery import uuid
from celery.app.task import Task
from django.db import transaction

from background.errors import BrokerUnavailableError
from background.models import UnsentMessage, Work, first_look
from background.publishing import publish
from background.registry import registration_for

logger = logging.getLogger(__name__)


def dispatch(work: Work) -> None:
    """Start the task of a row after commit.

    A row that was held back (`due_at` None) is released by it. Never raises for the broker's sake:
    what it does not take now, recovery sends later. Raises LookupError when the row has no task.
    """
    task = registration_for(type(work)).task
    if work.due_at is None:
        _arm(work)
    args = (str(work.pk), work.attempts + 1)
    transaction.on_commit(partial(_nudge, task, args), robust=True)


def send_on_commit(
    task: "Task[Any, Any]",
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    task_id: str | None = None,
    **options: Any,
) -> str:
    """Send a task without a row after commit; its id.

    Never raises for the broker's sake: a message it does not take is kept for recovery.
    """
    task_id = task_id or uuid()
    transaction.on_commit(partial(_send_or_keep, task, args, kwargs, task_id, options), robust=True)
    return task_id


def _arm(work: Work) -> None:
    work.due_at = first_look()
    type(work)._default_manager.filter(
        pk=work.pk, status=Work.Status.PENDING, due_at__isnull=True
    ).update(due_at=work.due_at)


def _nudge(task: "Task[Any, Any]", args: Sequence[Any]) -> None:
    try:
        publish(task, args)
    except BrokerUnavailableError as error:
        logger.warning("%s; recovery will send %s", error, args[0])


def _send_or_keep(
    task: "Task[Any, Any]",
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    task_id: str,
    options: Mapping[str, Any],
) -> None:
    try:
        publish(task, args, kwargs, task_id=task_id, **options)
    except BrokerUnavailableError as error:
        logger.warning("%s; kept for recovery", error)
        UnsentMessage.objects.create(
            task=task.name, args=list(args), kwargs=dict(kwargs), task_id=task_id
        )
