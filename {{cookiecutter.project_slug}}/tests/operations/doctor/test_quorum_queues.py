"""Queues on RabbitMQ that are not what the settings say."""

from collections.abc import Iterator

import pytest
from celery import current_app
from kombu import Queue as BrokerQueue

from operations.doctor import broker
from tests.operations.doctor.findings import bad_about, findings_about
from tests.support.processes import Process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrokerQueue]:
    """A queue that the settings name and the broker does not have."""
    queue = BrokerQueue("other", queue_arguments={"x-queue-type": "quorum"})
    monkeypatch.setitem(current_app.amqp.queues, "other", queue)
    yield queue
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        queue(channel).delete()


def test_declared_by_a_worker_they_are_well(worker: Process) -> None:
    [finding] = findings_about("quorum queues")

    assert finding.ok
    assert "consumer_timeout, which cannot be asked from here, is taken to be 1800 s" in (
        finding.seen
    )


def test_one_that_is_not_there_is_told(worker: Process, other_queue: BrokerQueue) -> None:
    assert bad_about("quorum queues") == ["other is not there"]


def test_one_that_is_of_another_kind_is_told(worker: Process, other_queue: BrokerQueue) -> None:
    with current_app.connection_for_write() as connection, connection.channel() as channel:
        BrokerQueue("other")(channel).queue_declare()

    [seen] = bad_about("quorum queues")

    assert seen.startswith("other is not as the settings say: PRECONDITION_FAILED")


def test_an_old_rabbitmq_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "OLDEST_RABBITMQ", (99, 0))

    [seen] = bad_about("broker")

    assert "RabbitMQ" in seen
