"""Results of tasks that want them kept, where they can't be."""

from collections.abc import Callable

import pytest
from celery import current_app
from celery.app.backends import by_url
from celery.backends.base import Backend
from celery.result import AsyncResult
from redis.exceptions import ConnectionError as RedisConnectionError

from background.results import store_if_possible
from config import app
from config.queues import Queue
from config.redis import Role
from operations.servers.ports import free_port
from tests.sample.tasks import mail_once
from tests.support.broker import Broker
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.waiting import PATIENCE

ADDRESS = "ann@example.org"


@pytest.fixture
def nowhere() -> str:
    """The URL of a server that is not there."""
    return f"redis://127.0.0.1:{free_port()}/1"


@pytest.fixture
def backend(nowhere: str) -> Backend:
    """What would keep results there."""
    backend_class, url = by_url(nowhere, current_app.loader)
    backend: Backend = backend_class(app=current_app, url=url)
    return backend


def test_the_stock_backend_has_the_task_fail_with_its_server(backend: Backend) -> None:
    with pytest.raises(RedisConnectionError):
        backend.store_result("an id", {}, "STARTED")


def test_ours_says_that_a_result_is_missing(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    assert store_if_possible(backend, "an id", "its result", "SUCCESS") == "its result"

    assert "That task an id is SUCCESS is not kept" in caplog.text


def test_a_task_runs_without_the_server_of_its_result(
    start_own_worker: Callable[..., Process], nowhere: str, mailbox: Mailbox
) -> None:
    start_own_worker(env={Role.RESULTS.value: nowhere})

    mail_once.delay(ADDRESS)

    mailbox.wait_for(to=ADDRESS)


def test_a_task_is_sent_without_the_server_of_its_result(
    backend: Backend, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_backend", backend)

    mail_once.delay(ADDRESS)

    assert broker.waiting(Queue.DEFAULT) == 1


@pytest.mark.usefixtures("worker")
def test_a_result_is_kept_where_it_can_be() -> None:
    result: AsyncResult[None] = mail_once.delay(ADDRESS)

    result.get(timeout=PATIENCE)
