"""What a worker does with messages that it can't make sense of: it keeps them.

The stock consumer throws some of them away and dies of others, and so does each worker after it,
since the broker delivers such a message again.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from celery.worker.consumer import Consumer as StockConsumer
from django.db import close_old_connections
from kombu import Connection, Message

from background import calls
from background.arrivals import Arrival, keep_unreadable
from background.database import DATABASE_TROUBLE
from background.errors import UnreadableMessageError
from background.registry import registration_of
from background.signatures import check_arguments

logger = logging.getLogger(__name__)

# How long a message waits that the database would not take, before it is offered again (seconds).
PAUSE = 5.0
# What odd headers raise where they are read.
NONSENSE = (AttributeError, LookupError, TypeError, ValueError)


class Consumer(StockConsumer):
    """Leaves what it does not know to others, and makes dead letters of what nobody can read."""

    conninfo: Connection

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Message], None]:
        """Have messages looked at before they are taken for tasks."""
        handle = super().create_task_handler(*args, **kwargs)

        def on_message(message: Message) -> None:
            try:
                _check(self.app.tasks, Arrival.of(message))
            except UnreadableMessageError as error:
                self.on_invalid_task(None, message, error)
            except TypeError as error:
                self._keep(message, partial(_put_off, message, error))
            else:
                handle(message)

        return on_message

    def on_invalid_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Make a dead letter of what is no message of a task."""
        logger.error("A message can't be read: %s", exc)
        self._keep(message, partial(keep_unreadable, message, exc))

    def on_unknown_task(self, body: Any, message: Message, exc: Exception) -> None:
        """Leave the call to a process that knows its task, or to a dead letter in the end."""
        unknown = LookupError(f"No task is named {exc.args[0]} any more")
        self._keep(message, partial(_put_off, message, unknown))

    def _keep(self, message: Message, write_down: Callable[[], None]) -> None:
        """Acknowledge a message once it is written down; it waits while the database is away."""
        # Nobody else notices in this process that a connection was lost.
        close_old_connections()
        try:
            write_down()
        except DATABASE_TROUBLE as error:
            logger.warning("A message can't be kept yet: %s", error)
            self.timer.call_after(PAUSE, self._keep, (message, write_down))
        else:
            # In the thread of the connection, which the timer of some pools is not.
            self.call_soon(message.ack_log_error, logger, self.conninfo.connection_errors)


def _check(tasks: Mapping[str, Any], arrival: Arrival) -> None:
    """Look whether the code of this process takes the arguments.

    Raises TypeError when it does not take those of a call, as the code of the release before may
    not in a deploy, and UnreadableMessageError for a row's, which are the same in each release.
    """
    name = arrival.headers["task"]
    if registration_of(name):
        if not _names_a_row(arrival):
            raise UnreadableMessageError("It names no row")
    elif name in tasks:
        check_arguments(tasks[name], arrival.args, arrival.kwargs)


def _names_a_row(arrival: Arrival) -> bool:
    match arrival.args:
        case [str() as work_id, int()] if not arrival.kwargs:
            with suppress(ValueError):
                UUID(work_id)
                return True
    return False


def _put_off(message: Message, error: Exception) -> None:
    """Keep a call for other processes, or the message where its headers make no sense."""
    try:
        calls.put_off(Arrival.of(message), error)
    except NONSENSE as error:
        keep_unreadable(message, error)
