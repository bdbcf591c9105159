"""Taking up what was lost: rows whose process died, messages that never arrived, due retries.

It runs as a thread of Beat, where no backlog can delay it, and by hand as `manage.py recover`.
Running it twice at once does no harm: every row is taken by a conditional update.
"""

import logging
import threading
from datetime import timedelta
from typing import Any

from celery import current_app
from celery.app.task import Task
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from background import lifecycle
from background.dispatch import send
from background.errors import BrokerUnavailableError
from background.models import FIRST_LOOK, DeadLetter, OutboxMessage, Work, work_models
from background.publishing import UNSENDABLE, publish
from background.registry import registration_for

logger = logging.getLogger(__name__)

# Rows of one model in one sweep: a long backlog is taken up in steps, so that one kind of work
# does not keep the others waiting.
BATCH = 500
REDISPATCH_CAP = timedelta(minutes=10)


def recover() -> int:
    """Look once at everything that is due, in the order of RECOVERY_STEPS; how much was.

    Raises BrokerUnavailableError at the first message the broker does not take: what is left stays
    due.
    """
    return sum(import_string(step)() for step in settings.RECOVERY_STEPS)


def recover_rows() -> int:
    """Take up the rows of work that are due; how many messages were sent."""
    sent = 0
    for model in work_models():
        _reopen(model)
        sent += _send_due(model)
    return sent


def _reopen(model: type[Work]) -> None:
    expired = model._default_manager.filter(
        status=Work.Status.PROCESSING, due_at__lte=timezone.now()
    ).order_by("due_at")
    for work in expired[:BATCH]:
        try:
            if lifecycle.reopen_crashed(work):
                logger.warning("%s lost its process", work.label)
        except Exception:
            # An `on_failure` of one kind of work must not keep all the others waiting.
            logger.exception("%s can't be given up", work.label)


def _send_due(model: type[Work]) -> int:
    task = registration_for(model).task
    due = model._default_manager.filter(
        status=Work.Status.PENDING, due_at__lte=timezone.now()
    ).order_by("due_at")
    rows = list(due[:BATCH])
    for work in rows:
        # Published first: a message too many is refused by the claim, one too few is a row lost.
        publish(task, (str(work.pk), work.attempts + 1))
        _look_again_later(work)
    return len(rows)


def _look_again_later(work: Work) -> None:
    """Back off, or a backlog would be sent again and again while it waits."""
    wait = min(FIRST_LOOK * 2**work.dispatches, REDISPATCH_CAP)
    type(work)._default_manager.filter(
        pk=work.pk, status=Work.Status.PENDING, attempts=work.attempts
    ).update(dispatches=work.dispatches + 1, due_at=timezone.now() + wait)


def recover_outbox() -> int:
    """Send the messages of the outbox that are due; how many there were."""
    messages = list(OutboxMessage.objects.filter(due_at__lte=timezone.now())[:BATCH])
    for message in messages:
        try:
            send(message, _task_of(message))
        except (LookupError, *UNSENDABLE) as error:
            # It would keep all the later ones waiting for ever.
            _bury(message, error)
    return len(messages)


def _task_of(message: OutboxMessage) -> "Task[Any, Any]":
    task = current_app.tasks.get(message.task)
    if task is None:
        raise LookupError(f"No task is named {message.task} any more")
    return task


def _bury(message: OutboxMessage, error: Exception) -> None:
    logger.error("%s can't be sent: %s", message, error)
    with transaction.atomic():
        DeadLetter.record(
            message.task, message.args, message.kwargs, error, options=message.options
        )
        message.delete()


def start(sender: Any = None, **kwargs: Any) -> None:
    """Sweep from now on in a thread of this process."""
    threading.Thread(target=_sweep_for_ever, name="recovery", daemon=True).start()


def _sweep_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(settings.WORK_SWEEP_SECONDS):
        try:
            recover()
        except BrokerUnavailableError as error:
            logger.warning("%s", error)
        except Exception:
            logger.exception("A sweep of recovery failed; the next one starts anew")
        finally:
            connections.close_all()
