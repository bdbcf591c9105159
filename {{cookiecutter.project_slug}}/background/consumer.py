"""What a worker does with messages that it can't make sense of."""

import logging
from typing import Any

from celery.worker.consumer import Consumer as StockConsumer
from django.db import Error as DatabaseError
from django.db import close_old_connections
from kombu import Connection

from background import calls

logger = logging.getLogger(__name__)


class Consumer(StockConsumer):
    """Keeps the message of a task that it does not know; the stock one throws it away."""

    conninfo: Connection

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Leave the call to a process that knows its task, or to a dead letter in the end.

        While the database is away the message stays unacknowledged, so that it comes again.
        """
        args, kwargs, embed = message.payload
        # Nobody else notices in this process that a connection was lost.
        close_old_connections()
        try:
            calls.put_off_unknown(message.headers, args, kwargs, embed)
        except DatabaseError:
            logger.exception("A message of an unknown task can't be kept yet")
        else:
            message.ack_log_error(logger, self.conninfo.connection_errors)
