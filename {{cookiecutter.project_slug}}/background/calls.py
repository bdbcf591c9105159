"""Calls of tasks that have no model, in the hands of a worker: claimed, run, ended.

What a row of a model's is to `decorators`, a TaskCall is here: one process at a time has it, a
heartbeat keeps it, and whoever lost it ends nothing. A message that no row stands behind, as of a
bare `.delay()`, runs as Celery would have it, and gets a row as soon as something goes wrong with
it: when it is delivered again, or is to be tried again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from celery.app.task import Context
from celery.canvas import Signature
from celery.exceptions import Ignore, Reject, Retry, TimeLimitExceeded
from django.conf import settings
from django.db import DataError, IntegrityError
from django.db.models import F
from django.utils import timezone

from background import lifecycle
from background.arrivals import Arrival
from background.database import DATABASE_TROUBLE, is_lost, patiently
from background.dispatch import chains_of, continue_chain
from background.errors import LeaseLostError, TransientError
from background.lease import Heartbeat
from background.models import ATTEMPT, DeadLetter, TaskCall, lease_end
from background.options import delay_of, eta_of, expiry_of, rest_of, steps_of, work_id_of
from background.stopping import WorkerStopping, stoppable
from background.storable import as_json

if TYPE_CHECKING:
    from background.task import BackgroundTask

logger = logging.getLogger(__name__)

# What Celery is told again with the next message about a call that began without a row.
KEPT_OPTIONS = (
    "root_id",
    "parent_id",
    "group_id",
    "group_index",
    "chord",
    "link",
    "link_error",
    "soft_time_limit",
    "time_limit",
    "priority",
    "queue",
)


def run(task: "BackgroundTask", args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run a task for the message at hand, and give what it returns.

    Raises Ignore, which ends the message without a trace, when the call is not to be had: somebody
    else has it, it has ended, it has expired, or the database would not give it now. Raises Reject
    when the message has to come again for that.
    """
    request: Any = task.request
    if not _attempt(request):
        return _run_without_row(task, args, kwargs)
    try:
        call = patiently(partial(_claim, task, args, kwargs))
    except DATABASE_TROUBLE as error:
        logger.warning("%s %s can't be claimed now: %s", task.name, request.id, error)
        # Recovery sends a row's message again; without a row this one has to come again itself.
        end = Reject(str(error), requeue=True) if _is_bare(request) else Ignore()
        raise end from error
    if call is None:
        logger.info("%s %s is taken, stale or not wanted any more", task.name, request.id)
        raise Ignore
    request.call = call
    try:
        with stoppable(), Heartbeat(call):
            return _run_to_end(task, call, args, kwargs)
    except Retry as retry:
        _settle(call, partial(_put_back, call, retry))
        raise
    except Reject as refusal:
        if getattr(refusal, "requeue", False):
            _settle(call, partial(lifecycle.release, call))
        else:
            _settle(call, partial(lifecycle.fail, call, refusal))
        raise Ignore from refusal
    except LeaseLostError as lost:
        logger.warning("%s", lost)
        raise Ignore from lost
    except WorkerStopping:
        _settle(call, partial(lifecycle.release, call))
        raise SystemExit(0) from None
    except DATABASE_TROUBLE as error:
        if not is_lost(error):
            raise
        logger.warning("%s is left to recovery, its database was lost: %s", call.label, error)
        raise Ignore from error


def fail(
    task: "BackgroundTask",
    task_id: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    error: BaseException,
) -> None:
    """End a call in failure, for the process that ran it or for the worker that ended that one.

    Nothing happens when the attempt at hand has lost its row: it has ended, or is somebody else's.
    """
    request: Any = task.request
    pk = work_id_of(task_id)
    expected = isinstance(error, task.throws)
    rows = TaskCall.objects.filter(pk=pk)
    call = rows.filter(status=TaskCall.Status.PROCESSING, attempts=_attempt(request)).first()
    if call:
        _fail_held(call, error, expected=expected)
    elif _is_bare(request) and not expected and not rows.exists():
        _bury(task, task_id, args, kwargs, error)


def put_off(arrival: Arrival, error: Exception) -> None:
    """Keep a call that this process can't run, for a reason that another one may not have.

    Such as a task that it does not know, or arguments that its code does not take.

    The message of a row of a model's is dropped: recovery sends it again.
    """
    headers, args, kwargs, embed = arrival
    attempt = headers.get(ATTEMPT)
    if attempt is None:
        options = Context({**headers, **embed}).as_execution_options()
        due_at = eta_of(headers)
        waits = {"due_at": due_at, "ready_at": due_at} if due_at else {}
        try:
            _adopt(headers["task"], args, kwargs, options, **waits)
        except (DataError, IntegrityError) as refusal:
            # Arguments that no row takes, such as a NUL on Postgres.
            DeadLetter.record(work_id_of(headers["id"]), headers["task"], args, kwargs, refusal)
            return
        attempt = 1
    if delay_of(headers):
        # Nobody need know it before its time, when recovery sends it.
        return
    pk = work_id_of(headers["id"])
    waiting = TaskCall.objects.filter(pk=pk, status=TaskCall.Status.PENDING, attempts=attempt - 1)
    if call := waiting.first():
        lifecycle.put_off(call, error)


def _run_without_row(task: "BackgroundTask", args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    try:
        return task.run(*args, **kwargs)
    except Retry as retry:
        try:
            patiently(partial(_keep, task, retry))
        except DATABASE_TROUBLE as error:
            # Nothing but the message tells of it.
            raise Reject(str(error), requeue=True) from error
        raise
    except Reject as refusal:
        if getattr(refusal, "requeue", False) or hasattr(settings, "DEAD_QUEUE"):
            raise
        # Where the broker has no queue for such messages it throws them away.
        reason = RuntimeError(f"It was rejected: {getattr(refusal, 'reason', '')}")
        patiently(partial(_bury, task, str(task.request.id), args, kwargs, reason))
        raise Ignore from refusal


def _bury(
    task: "BackgroundTask",
    task_id: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    error: BaseException,
) -> None:
    """Make a dead letter of a message without a row."""
    request: Any = task.request
    options = rest_of(request.chain)
    DeadLetter.record(work_id_of(task_id), task.name, args, kwargs, error, options=options)


def _keep(task: "BackgroundTask", retry: Retry) -> None:
    """Give a row to a message that is to be tried again.

    Where another copy of the message has failed and got it, this one has used up a try of it.
    """
    again = _message_of(retry)
    due_at = timezone.now() + _wait(again)
    columns = {"failures": again.options["retries"], "due_at": due_at, "ready_at": due_at}
    if not _adopt(task.name, again.args, again.kwargs, again.options, **columns):
        open_rows = TaskCall.objects.filter(status__in=TaskCall.OPEN)
        same = open_rows.filter(pk=work_id_of(str(task.request.id)))
        same.update(failures=F("failures") + 1)


def _settle(call: TaskCall, move: Callable[[], None]) -> None:
    """Move a call on, unless it is somebody else's by now.

    One that the database does not let go, as for a lock, is left to recovery: its lease runs out.
    """
    try:
        patiently(move)
    except LeaseLostError as lost:
        logger.warning("%s", lost)
    except DATABASE_TROUBLE as error:
        logger.warning("%s is left to recovery: %s", call.label, error)


def _put_back(call: TaskCall, retry: Retry) -> None:
    """Have recovery send the call again, instead of Celery.

    Celery's own retries multiply with doubled messages: seven runs were seen where four were
    allowed. The row counts them.
    """
    again = _message_of(retry)
    lifecycle.postpone(
        call,
        retry.exc or retry,
        _wait(again),
        failures=again.options["retries"],
        # retry() may have been given others.
        args=as_json(again.args),
        kwargs=as_json(again.kwargs),
    )


def _message_of(retry: Retry) -> "Signature[Any]":
    message: Signature[Any] = retry.sig  # type: ignore[attr-defined]  # missing in the stubs
    return message


def _wait(again: "Signature[Any]") -> timedelta:
    return timedelta(seconds=delay_of(again.options))


def _claim(
    task: "BackgroundTask", args: Sequence[Any], kwargs: Mapping[str, Any]
) -> TaskCall | None:
    request: Any = task.request
    if _is_bare(request):
        options = request.as_execution_options()
        if not _adopt(task.name, args, kwargs, options, crashes=1, due_at=lease_end()):
            return None
        # The row goes on with it now.
        request.chain = None
    call = lifecycle.claim(TaskCall, work_id_of(request.id), _attempt(request))
    if call and call.expires_at and call.expires_at <= timezone.now():
        call.delete()
        return None
    return call


def _adopt(
    task: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    options: Mapping[str, Any],
    **columns: Any,
) -> bool:
    """Give a row to a message that has none; whether this call did."""
    _, is_new = TaskCall.objects.get_or_create(
        pk=work_id_of(options["task_id"]),
        defaults={
            "task": task,
            "args": as_json(args),
            "kwargs": as_json(kwargs),
            # The first member of a group has the index 0.
            "options": {n: options[n] for n in KEPT_OPTIONS if options.get(n) not in (None, [])},
            "chain": steps_of(options.get("chain")),
            "expires_at": expiry_of(options),
            **columns,
        },
    )
    return is_new


def _run_to_end(
    task: "BackgroundTask", call: TaskCall, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    try:
        result = task.run(*args, **kwargs)
    except Ignore:
        # It ends a chain, as in Celery.
        _complete(task, call, [], None)
        raise
    request: Any = task.request
    links = [Signature.from_dict(dict(link)) for link in request.callbacks or ()]
    linked = [steps for link in links for steps in chains_of(link)]
    _complete(task, call, [call.chain, *linked], result)
    # Celery sends the others, such as chords.
    request.callbacks = [link for link in links if not chains_of(link)]
    return result


def _complete(
    task: "BackgroundTask", call: TaskCall, chains: Sequence[Sequence[Any]], result: Any
) -> None:
    """End a call in one transaction with what follows it: the next step of each of the chains."""
    try:
        with call.completing():
            for steps in filter(None, chains):
                continue_chain(steps, result)
            # call.delete() would forget which row it is, and the commit may fail yet.
            TaskCall.objects.filter(pk=call.pk).delete()
    except DATABASE_TROUBLE as error:
        if is_lost(error):
            raise
        task.retry(exc=error)


def _fail_held(call: TaskCall, error: BaseException, *, expected: bool) -> None:
    try:
        if isinstance(error, TimeLimitExceeded):
            lifecycle.retry(call, TransientError("It took too long."))
            return
        lifecycle.fail(call, error, expected=expected)
        if expected:
            call.delete()
    except LeaseLostError as lost:
        logger.warning("%s", lost)


def _is_bare(request: "Context") -> bool:
    """Whether the message was sent without a row."""
    return ATTEMPT not in (request.headers or {})


def _attempt(request: "Context") -> int:
    """The attempt at its row that the message is for; 0 for one that runs without a row."""
    if _is_bare(request):
        # One that is delivered again has got a row for its first attempt.
        return 1 if (request.delivery_info or {}).get("redelivered") else 0
    return int((request.headers or {})[ATTEMPT])
