"""Starting work once its transaction has committed."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from celery import current_app, uuid
from celery.app.task import Task
from celery.canvas import Signature
from django.db import transaction

from background.errors import BrokerUnavailableError
from background.models import OutboxMessage, Work, first_look
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
) -> None:
    """Send a task without a row after commit, with Celery's options as far as they are JSON.

    The message is written with the transaction, so it is sent even when the process dies right
    after the commit or the broker is away; in rare cases that makes it two. Never raises for the
    broker's sake.
    """
    message = OutboxMessage.objects.create(
        task=task.name,
        args=list(args),
        kwargs=dict(kwargs),
        options=options,
        task_id=task_id or uuid(),
    )
    transaction.on_commit(partial(_try_to_send, message, task), robust=True)


def chain_on_commit(first: "Signature[Any]", *rest: "Signature[Any]") -> None:
    """Start a chain of tasks after commit: each is given what the one before returned.

    The rest travels in the message of each step, so no result is kept for it. The start is as
    durable as `send_on_commit`. A later step is sent by the worker that ended the one before; when
    the broker does not take it, or a step fails, a dead letter keeps that step with the rest.
    """
    # Celery takes the next step from the end.
    chain = [dict(step) for step in reversed(rest)]
    send_on_commit(first.type, first.args, first.kwargs, **first.options, chain=chain)


def group_on_commit(members: Iterable["Signature[Any]"]) -> None:
    """Start a group of tasks after commit: several workers may share it.

    Each member is as durable as `send_on_commit`.
    """
    group_id = uuid()
    messages = [
        OutboxMessage(
            task=member.type.name,
            args=list(member.args),
            kwargs=dict(member.kwargs),
            options={**member.options, "group_id": group_id},
            task_id=uuid(),
        )
        for member in members
    ]
    OutboxMessage.objects.bulk_create(messages)
    transaction.on_commit(partial(_try_to_send_all, messages), robust=True)


def send(message: OutboxMessage, task: "Task[Any, Any]") -> None:
    """Publish a message of the outbox and take it out.

    Raises BrokerUnavailableError when the broker does not take it; then it stays.
    """
    task_id = str(message.task_id)
    publish(task, message.args, message.kwargs, task_id=task_id, **message.options)
    message.delete()


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


def _try_to_send(message: OutboxMessage, task: "Task[Any, Any]") -> None:
    try:
        send(message, task)
    except BrokerUnavailableError as error:
        logger.warning("%s; recovery will send it", error)


def _try_to_send_all(messages: Iterable[OutboxMessage]) -> None:
    try:
        for message in messages:
            send(message, current_app.tasks[message.task])
    except BrokerUnavailableError as error:
        logger.warning("%s; recovery will send what is left", error)
