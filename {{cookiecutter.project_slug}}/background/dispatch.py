"""Starting work once its transaction has committed."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from celery import uuid
from celery.app.task import Task
from celery.canvas import Signature
from django.db import transaction
from django.utils import timezone

from background.errors import BrokerUnavailableError
from background.models import TaskCall, Work, first_look
from background.publishing import Message, publish

logger = logging.getLogger(__name__)


def dispatch(work: Work) -> None:
    """Start the task of a row after commit.

    A row that was held back (`due_at` None) is released by it. Never raises for the broker's sake:
    what it does not take now, recovery sends later. Raises LookupError when the row has no task,
    and TypeError when that of a call takes other arguments.
    """
    message = work.next_message()
    if work.due_at is None:
        _arm(work)
    _publish_on_commit([message])


def send_on_commit(
    task: "Task[Any, Any]", args: Sequence[Any], kwargs: Mapping[str, Any], **options: Any
) -> None:
    """Send a task that has no model after commit, with Celery's options as far as they are JSON.

    The call is written with the transaction and stays a row until the task has ended, so it
    survives the death of any process and of the broker. Never raises for the broker's sake. Raises
    TypeError when the task does not take the arguments, or they are no JSON, and LookupError when
    it works on rows of a model's.
    """
    call = TaskCall.of(task.name, args, kwargs, **options)
    message = call.next_message()
    call.save(force_insert=True)
    if not call.waits:
        _publish_on_commit([message])


def chain_on_commit(first: "Signature[Any]", *rest: "Signature[Any]") -> None:
    """Start a chain of tasks after commit: each is given what the one before returned.

    Each step is a call as durable as that of `send_on_commit`, written in the transaction that
    ends the step before. A dead letter keeps the step that failed with the rest. Raises TypeError
    for a step that is none of one task, such as a group.
    """
    for step in (first, *rest):
        if is_several(step):
            raise TypeError(f"A step of a chain is one task, and {step.task} is several")
    send_on_commit(first.type, first.args, first.kwargs, chain=rest, **first.options)


def continue_chain(steps: Sequence[Mapping[str, Any]], result: Any) -> None:
    """Start the next step of a chain after commit, with what the last one returned."""
    step, *rest = (Signature.from_dict(dict(each)) for each in steps)
    args = step.args if step.immutable else (result, *step.args)
    call = TaskCall.of(step["task"], args, step.kwargs, chain=rest, **step.options)
    call.save(force_insert=True)
    if call.waits:
        return
    try:
        _publish_on_commit([call.next_message()])
    except (LookupError, TypeError) as error:
        # Not the fault of the step before. Recovery has it wait for a process that knows such a
        # task, and makes a dead letter of it in the end.
        logger.warning("%s is left to recovery: %s", call.label, error)


def is_several(step: "Signature[Any]") -> bool:
    """Whether a signature is of several tasks, and not of one."""
    return step.subtask_type is not None


def chains_of(link: Any) -> list[list["Signature[Any]"]]:
    """The chains of tasks that a signature starts: one of a task or a chain, several of a group.

    None of a canvas that holds others, or waits for all of its tasks.
    """
    match link.subtask_type:
        case None:
            return [[link]]
        case "chain":
            chains = [list(link.tasks)]
        case "group":
            chains = [[each] for each in link.tasks]
        case _:
            return []
    return [] if any(map(is_several, chain(*chains))) else chains


def group_on_commit(members: Iterable["Signature[Any]"]) -> None:
    """Start a group of tasks after commit: several workers may share it.

    Each member is as durable as `send_on_commit`.
    """
    group_id = uuid()
    calls = [
        TaskCall.of(each["task"], each.args, each.kwargs, **{**each.options, "group_id": group_id})
        for each in members
    ]
    messages = [(call, call.next_message()) for call in calls]
    TaskCall.objects.bulk_create(calls)
    _publish_on_commit([message for call, message in messages if not call.waits])


def _arm(work: Work) -> None:
    work.due_at, work.ready_at = first_look(), timezone.now()
    type(work)._default_manager.filter(
        pk=work.pk, status=Work.Status.PENDING, due_at__isnull=True
    ).update(due_at=work.due_at, ready_at=work.ready_at)


def _publish_on_commit(messages: Sequence[Message]) -> None:
    transaction.on_commit(partial(_publish_all, messages), robust=True)


def _publish_all(messages: Sequence[Message]) -> None:
    try:
        for message in messages:
            publish(message)
    except BrokerUnavailableError as error:
        logger.warning("%s; recovery will send it", error)
