"""Where the project finds its RabbitMQ."""

from pathlib import Path

import pytest
from kombu import Connection

from operations.servers import ServerError, rabbitmq
from operations.servers.ports import free_port
from operations.servers.rabbitmq import Node, VirtualHost


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without RabbitMQ, and without one on its usual port."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    monkeypatch.setattr(rabbitmq, "_installed", lambda _: None)
    monkeypatch.setattr(rabbitmq, "LOCAL_SERVER", f"amqp://guest:guest@127.0.0.1:{free_port()}")


def test_the_server_that_the_environment_names_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://elsewhere")

    assert rabbitmq.from_environment(tmp_path) is None


def test_tests_get_a_virtual_host_of_their_own_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://me:secret@elsewhere//")

    hosts = [rabbitmq.from_environment(tmp_path, temporary=True) for _ in range(2)]

    urls = [host.environment["CELERY_BROKER_URL"] for host in hosts if host]
    assert urls[0] != urls[1]
    assert all(url.startswith(f"amqp://me:secret@elsewhere/{rabbitmq.PROJECT}_") for url in urls)


def test_without_any_it_says_what_to_do(tmp_path: Path, nothing_installed: None) -> None:
    with pytest.raises(ServerError, match=r"install rabbitmq-server.*or set CELERY_BROKER_URL"):
        rabbitmq.from_environment(tmp_path)


def test_a_virtual_host_that_cannot_be_made_is_one_line(nothing_installed: None) -> None:
    host = VirtualHost(f"amqp://me@127.0.0.1:{free_port()}", "mine", temporary=False)

    with pytest.raises(ServerError, match="rabbitmqctl add_vhost mine"):
        host.start()


def test_a_private_node_keeps_its_data(tmp_path: Path) -> None:
    script = rabbitmq._installed("rabbitmq-server")
    if script is None:
        pytest.skip("rabbitmq-server is not installed: there is no private node to start")
    for expected in (0, 1):
        node = Node(tmp_path, script)
        node.start()
        with Connection(node.environment["CELERY_BROKER_URL"]) as connection:
            queue = connection.SimpleQueue("kept", queue_opts={"durable": True})
            found = queue.qsize()
            queue.put("a message")
            queue.close()
        node.stop()
        assert found == expected
        assert not node.is_running
