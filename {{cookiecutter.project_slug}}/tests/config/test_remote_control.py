"""Who asks workers over RabbitMQ gets an answer, each time."""

import amqp
import pytest
from celery import current_app

from tests.support.processes import Process
from tests.support.waiting import PATIENCE


@pytest.mark.django_db(transaction=True)
def test_the_queue_for_the_answers_ends_with_them(worker: Process) -> None:
    with current_app.connection_for_write() as connection:
        mailbox = current_app.control.mailbox(connection)

        (answer,) = mailbox.multi_call("ping", timeout=PATIENCE, limit=1)

        assert [*answer.values()] == [{"ok": "pong"}]
        with pytest.raises(amqp.exceptions.NotFound):
            mailbox.reply_queue(connection).queue_declare(passive=True)
        # The next question declares it anew, which of a queue that may expire kombu would not do.
        assert not mailbox.reply_queue.can_cache_declaration
