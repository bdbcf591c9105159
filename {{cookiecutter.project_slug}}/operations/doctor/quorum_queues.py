"""The queues on RabbitMQ: whether each is there, and is what the settings say."""

from collections.abc import Iterator
from typing import Any

from amqp.exceptions import NotFound, PreconditionFailed
from django.conf import settings

from config.celery import app
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "quorum queues"


def ask() -> Iterator[Finding]:
    """What is wrong with each queue; and what RabbitMQ tells nobody who asks as a client."""
    declared = [*app.amqp.queues.values(), settings.DEAD_QUEUE]
    with app.connection_for_write() as connection:
        findings = [finding for queue in declared for finding in _wrong_with(connection, queue)]
    patience = settings.RABBITMQ_CONSUMER_TIMEOUT_SECONDS
    told = f"consumer_timeout, which cannot be asked from here, is taken to be {patience} s"
    yield from findings or [good(SUBJECT, f"{len(declared)} are as declared; {told}")]


def _wrong_with(connection: Any, queue: Any) -> Iterator[Finding]:
    # What is refused ends the channel.
    with connection.channel() as channel:
        try:
            queue(channel).queue_declare(passive=True)
        except NotFound:
            seen = f"{queue.name} is not there"
            yield bad(SUBJECT, seen, "Start a worker: each declares all of them")
            return
    with connection.channel() as channel:
        try:
            queue(channel).queue_declare()
        except PreconditionFailed as error:
            seen = f"{queue.name} is not as the settings say: {error.reply_text}"
            remedy = "Stop the workers once it is empty, delete it, and start them again"
            yield bad(SUBJECT, seen, remedy)


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Look at the permissions of its user", after="broker"
)
