"""A database that is restarted, killed, or away: every process waits, and goes on by itself."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from itertools import cycle
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.db import connection

from tests.faults.conftest import FAULTS, PIECES, Expect
from tests.faults.kinds.plain import Registrations
from tests.faults.load import Load
from tests.faults.servers import kill_and_restart, killed, restart
from tests.faults.site import AT_WORK, Site
from tests.faults.visitors import Web
from tests.support.postgres import Postgres, own_postgres, used_by_django
from tests.support.processes import Crew
from tests.support.waiting import wait_until

# Longer than a lease, and than Beat leaves it to others to look at what is due (seconds).
AWAY_SECONDS = 6.0
# What two requests may take meanwhile (seconds).
PATIENCE_OF_A_USER = 5.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A Postgres of ours; without one these tests are skipped."""
    with own_postgres() as server:
        yield server


@pytest.fixture(autouse=True)
def database(transactional_db: None, crew: Crew, server: Postgres) -> Iterator[None]:
    """The tests and whatever they start use our Postgres."""
    # The shared workers have another database, and read from the same broker.
    crew.rest()
    if not server.is_running:
        server.start()
    with used_by_django(server):
        yield


def test_gone_for_a_moment(
    server: Postgres, load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    faults = cycle([restart, kill_and_restart])

    for _ in load.in_portions(PIECES, FAULTS):
        next(faults)(server)
        connection.close()

    expect_everything_once(
        "database restarted and killed with -9 in turn", FAULTS, interrupted=FAULTS * AT_WORK
    )


def test_away_for_longer_than_a_lease(
    server: Postgres, load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    url = site.start_web()
    load.start(PIECES)
    load.wait_for_progress(PIECES // 10)

    with killed(server):
        late_beat = site.start_beat()
        until = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < until:
            refuses_requests(url)
    connection.close()

    wait_until(lambda: is_ready(url))
    load.request(Web(url), PIECES // 10)
    late_beat.wait_for_output("Beat leads")
    expect_everything_once("database away for longer than a lease", 1, interrupted=AT_WORK)


def refuses_requests(url: str) -> None:
    """Expect clear answers within reason from a web server that has no database."""
    began = time.monotonic()
    assert not is_ready(url)
    with pytest.raises(HTTPError, match="500"):
        Registrations().request(Web(url))
    assert time.monotonic() - began < PATIENCE_OF_A_USER


def is_ready(url: str) -> bool:
    """Whether a web server says that it is, rather than that it is not."""
    try:
        with urlopen(f"{url}/health/ready/", timeout=30):
            return True
    except HTTPError as error:
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
            return False
        raise
