"""The broker: whether Celery can log in there, and which it is."""

from collections.abc import Iterator
from typing import Any

from background.checks.resolved import RABBITMQ, broker
from config.celery import app
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "broker"
# Quorum queues let messages expire since then, which delays are made of.
OLDEST_RABBITMQ = (3, 10)


def ask() -> Iterator[Finding]:
    """That it answers; of a RabbitMQ also whether it is new enough.

    What a Redis is, it tells with the other roles of Redis.
    """
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
        place = connection.host
        if broker() != RABBITMQ:
            yield good(SUBJECT, f"{place} answers")
            return
        yield from _version(place, connection.connection.server_properties)


def _version(place: str, properties: dict[str, Any]) -> Iterator[Finding]:
    version = str(properties["version"])
    seen = f"{place} is {properties['product']} {version}"
    if version_tuple(version) < OLDEST_RABBITMQ:
        oldest = ".".join(map(str, OLDEST_RABBITMQ))
        yield bad(SUBJECT, seen, f"Update it: delays work from {oldest} on")
        return
    yield good(SUBJECT, seen)


def version_tuple(version: str) -> tuple[int, ...]:
    """The first two numbers of a version, to be compared."""
    return tuple(int(part) for part in version.split(".")[:2])


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Start it, or let CELERY_BROKER_URL lead to where it is"
)
