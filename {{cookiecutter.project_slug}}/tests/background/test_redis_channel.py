"""A connection to Redis that is lost while messages are in hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Consumer, Exchange, Message, Producer, Queue
from kombu.transport import redis

from background.redis_channel import Channel
from operations.servers.valkey import Valkey
from tests.support.waiting import wait_until

TASKS = Queue("tasks")
# As remote control has one; closing it is what fails first.
CONTROL = Queue("control", Exchange("control", type="fanout"), auto_delete=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    """A Redis to be lost."""
    server = Valkey(tmp_path)
    server.start()
    yield server
    server.stop()


def test_the_stock_channel_stumbles_over_what_it_holds(server: Valkey) -> None:
    connection = connect(server)
    hold_a_message(connection)

    server.stop()

    with pytest.raises(AttributeError, match="hostname"):
        give_up(connection)


def test_ours_can_acknowledge_it_when_the_server_is_back(
    server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis.Transport, "Channel", Channel)
    connection = connect(server)
    message = hold_a_message(connection)

    server.stop()
    give_up(connection)
    server.start()

    with connect(server) as another:
        client = another.default_channel.client
        assert client.hlen("unacked") == 1
        message.ack()
        assert client.hlen("unacked") == 0


def connect(server: Valkey) -> Any:
    """A connection to a server."""
    return Connection(f"{server.environment['REDIS_URL']}/0")


def hold_a_message(connection: Any) -> Message:
    """A message that was received; the connection waits for the next one."""
    received: list[Message] = []
    channel = connection.default_channel
    Producer(connection).publish({}, routing_key=TASKS.name, declare=[TASKS])
    Consumer(channel, [TASKS], on_message=received.append, prefetch_count=2).consume()
    Consumer(connection.channel(), [CONTROL], on_message=received.append).consume()
    wait_until(lambda: not _drain(connection) and received and channel._in_poll)
    return received[0]


def give_up(connection: Any) -> None:
    """Close a connection as a worker does that has lost it."""
    connection.collect(socket_timeout=1)
    connection.close()


def _drain(connection: Any) -> bool:
    """Wait a moment for something to come; whether it did."""
    try:
        connection.drain_events(timeout=0.1)
    except TimeoutError:
        return False
    return True
