"""What the tests stand on: servers and workers of their own, ended whatever happens.

The servers' addresses are settled when this file is imported, because Django reads its settings
right after; the servers themselves start with the first test.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.cache import caches

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

from operations.servers import choose_servers  # noqa: E402
from tests.support.mailbox import Mailbox  # noqa: E402

SERVERS = choose_servers(STATE, temporary=True)
MAILBOX = Mailbox()
for server in SERVERS:
    os.environ.update(server.environment)
os.environ["EMAIL_URL"] = MAILBOX.url
django.setup()

from fastdata.connection import data  # noqa: E402
from tests.support.processes import Crew, Process, start_web, start_worker  # noqa: E402


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
    data().flushdb()


@pytest.fixture
def mailbox() -> Mailbox:
    """The mails that arrive at the real mail server during this test."""
    MAILBOX.mails.clear()
    return MAILBOX


@pytest.fixture(scope="session")
def crew(servers: None) -> Iterator[Crew]:
    """The workers that the tests share."""
    shared = Crew(STATE)
    yield shared
    shared.rest()


@pytest.fixture(autouse=True)
def settled_light_tasks(request: pytest.FixtureRequest, crew: Crew) -> Iterator[None]:
    """Let light tasks end before the test's rows vanish: their process would not survive it."""
    shares_database = "transactional_db" in request.fixturenames
    if shares_database:
        # Asked for here, so that it ends after this.
        request.getfixturevalue("transactional_db")
    yield
    if shares_database or request.node.get_closest_marker("django_db"):
        crew.settle()


@pytest.fixture
def worker(crew: Crew, transactional_db: None) -> Process:
    """A real prefork worker for all queues, and whatever runs the light tasks.

    Recovery does not run by itself: a test that needs it calls `recover()`.
    """
    return crew.at_work()


@pytest.fixture
def start_own_worker(crew: Crew, transactional_db: None) -> Iterator[Callable[..., Process]]:
    """Start workers that a test may end, or that need variables of their own (`env=`).

    The shared ones rest meanwhile.
    """
    crew.rest()
    started: list[Process] = []

    def start(**options: Any) -> Process:
        started.append(start_worker(STATE, **options))
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture(scope="session")
def running_web(servers: None, django_db_setup: None) -> Iterator[str]:
    """The web server that the tests share."""
    web, url = start_web(STATE)
    try:
        yield url
    finally:
        web.stop()


@pytest.fixture
def web(running_web: str, transactional_db: None) -> str:
    """The address of a real web server, such as http://127.0.0.1:1234."""
    return running_web
