"""What the tests stand on: servers and workers of their own, ended whatever happens.

The servers' addresses are settled when this file is imported, because Django reads its settings
right after; the servers themselves start with the first test.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core.cache import caches
from pytest_django import DjangoCaptureOnCommitCallbacks

if settings.configured:
    pytest.exit("Unset DJANGO_SETTINGS_MODULE: the tests have settings of their own", returncode=2)

STATE = Path(tempfile.mkdtemp(prefix="tests-"))
atexit.register(shutil.rmtree, STATE, ignore_errors=True)
# Not the user's Redis, wherever it is: the tests empty databases.
for name in [name for name in os.environ if name.startswith("REDIS_")]:
    del os.environ[name]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
os.environ["DEV_FOLDER"] = str(STATE)
os.environ["MEDIA_ROOT"] = str(STATE / "media")

from operations.servers import Server, choose_servers  # noqa: E402
from tests.support.mailbox import Mailbox  # noqa: E402
from tests.support.postgres import Postgres, installed, others_are_idle  # noqa: E402


def database_servers() -> list[Server]:
    """The database's server, where TEST_DATABASE asks for a Postgres of our own."""
    match os.environ.get("TEST_DATABASE", "sqlite"):
        case "sqlite":
            return []
        case "postgres" if programs := installed():
            postgres = Postgres(programs)
            atexit.register(postgres.remove)
            return [postgres]
        case "postgres":
            pytest.exit("TEST_DATABASE=postgres: there is no initdb; install Postgres", 2)
        case other:
            pytest.exit(f"TEST_DATABASE is {other!r}; it may be sqlite or postgres", 2)


SERVERS = [*database_servers(), *choose_servers(STATE, temporary=True)]
MAILBOX = Mailbox()
for server in SERVERS:
    os.environ.update(server.environment)
os.environ["EMAIL_URL"] = MAILBOX.url
django.setup()

from background.publishing import Message  # noqa: E402
from tests.support.broker import Broker  # noqa: E402
from tests.support.processes import Crew, Process, start_web, start_worker  # noqa: E402
from tests.support.serving import HttpService, serving  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402

type CaptureDispatch = Callable[[], AbstractContextManager[list[Message]]]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that share a worker last, so that it is started once and rests for no other."""
    items.sort(key=shares_worker)


def shares_worker(test: pytest.Item) -> bool:
    """Whether a test asks for the worker that the tests share."""
    assert isinstance(test, pytest.Function)
    return "worker" in test.fixturenames


@pytest.fixture(scope="session", autouse=True)
def servers() -> Iterator[None]:
    """The broker, Redis and the mail server; without the broker every test fails at once."""
    try:
        for server in (*SERVERS, MAILBOX):
            server.start()
        yield
    finally:
        for server in (MAILBOX, *reversed(SERVERS)):
            server.stop()


@pytest.fixture(autouse=True)
def empty_redis(servers: None) -> None:
    """No test sees what another one cached or counted."""
    for cache in caches.all(initialized_only=True):
        cache.clear()
    # Not with the project's client, whose patience a busy machine may exceed for a moment.
    with redis.Redis.from_url(settings.REDIS_DATA_URL) as server:
        server.flushdb()


@pytest.fixture
def conf() -> Iterator[Any]:
    """Celery's settings in this process, to be changed by one test."""
    # Celery reads them at the first look, and only from then on keeps changes apart.
    assert current_app.conf.task_queues
    changes = current_app.conf.changes
    before = dict(changes)
    yield current_app.conf
    changes.clear()
    changes.update(before)


@pytest.fixture
def mailbox() -> Mailbox:
    """The mails that arrive at the real mail server during this test."""
    MAILBOX.mails.clear()
    return MAILBOX


@pytest.fixture
def service() -> Iterator[HttpService]:
    """A real HTTP server that takes whatever is posted to it, and keeps it."""
    with serving(HttpService((200, b""))) as server:
        yield server


@pytest.fixture
def captured_dispatch(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> CaptureDispatch:
    """A block that commits as usual, except that messages are kept in a list and not sent.

    It holds what goes to the broker after commit: not the later steps of a chain, nor what waits
    for its time, nor light tasks that the database carries.
    """

    @contextmanager
    def capture() -> Iterator[list[Message]]:
        sent: list[Message] = []
        with monkeypatch.context() as patch:
            patch.setattr("background.dispatch.publish", sent.append)
            with django_capture_on_commit_callbacks(execute=True):
                yield sent

    return capture


@pytest.fixture(scope="session")
def crew(servers: None) -> Iterator[Crew]:
    """The workers that the tests share."""
    shared = Crew(STATE)
    yield shared
    shared.rest()


@pytest.fixture(autouse=True)
def settled_work(request: pytest.FixtureRequest, crew: Crew) -> Iterator[None]:
    """Let the shared workers work for the tests that ask for them, and for no other.

    And let what runs end before the test's rows vanish: it would write into the next test. The
    process of the light tasks would not even survive it.
    """
    if not shares_worker(request.node):
        crew.rest()
    shares_database = "transactional_db" in request.fixturenames
    if shares_database:
        # Asked for here, so that it ends after this.
        request.getfixturevalue("transactional_db")
    yield
    if shares_database or request.node.get_closest_marker("django_db"):
        crew.settle()
        wait_until(others_are_idle)


@pytest.fixture
def worker(crew: Crew, transactional_db: None) -> Process:
    """A real prefork worker for all queues, and whatever runs the light tasks.

    Recovery does not run by itself: a test that needs it calls `recover()`.
    """
    return crew.at_work()


@pytest.fixture
def start_own_worker(crew: Crew, transactional_db: None) -> Iterator[Callable[..., Process]]:
    """Start workers that a test may end, or that need variables of their own (`env=`).

    The shared ones rest meanwhile, where a test asks for both.
    """
    crew.rest()
    started: list[Process] = []

    def start(**options: Any) -> Process:
        started.append(start_worker(STATE, **options))
        return started[-1]

    yield start
    # Nobody wants to know what becomes of their work.
    for process in started:
        process.kill()


@pytest.fixture
def broker(transactional_db: None) -> Broker:
    """The broker, with empty queues from which nobody takes.

    A test that wants a worker then starts one with `start_own_worker`.
    """
    broker = Broker()
    broker.purge()
    return broker


@pytest.fixture(scope="session")
def running_web(servers: None, django_db_setup: None) -> Iterator[str]:
    """The web server that the tests share."""
    web, url = start_web(STATE)
    try:
        yield url
    finally:
        web.kill()


@pytest.fixture
def web(running_web: str, transactional_db: None) -> str:
    """The address of a real web server, such as http://127.0.0.1:1234."""
    return running_web
