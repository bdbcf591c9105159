"""Faults of the broker and of the database, as one process sees them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import OperationalError, connections

from background import database, publishing
from operations.servers.ports import free_port


class Outage:
    """The database as this thread sees it, away until so many queries and connections failed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._left = 0
        self._connection = connections["default"]
        is_usable = self._connection.is_usable
        for name in ("_cursor", "connect"):
            monkeypatch.setattr(self._connection, name, self._failing(name))
        monkeypatch.setattr(self._connection, "is_usable", lambda: not self._left and is_usable())

    def begin(self, failures: int = 4) -> None:
        """Lose the connection, and have no other before so many tries have failed."""
        self.end()
        self._connection.ensure_connection()
        self._left = failures

    def end(self) -> None:
        """Be back, however often anybody tried."""
        self._left = 0

    def _failing(self, name: str) -> Callable[..., Any]:
        method = getattr(self._connection, name)

        def call(*args: Any) -> Any:
            if self._left:
                self._left -= 1
                raise OperationalError(f"no {name.strip('_')}")
            return method(*args)

        return call


@pytest.fixture
def closed_breaker() -> Iterator[publishing.CircuitBreaker]:
    """The circuit breaker, closed before the test and after it."""
    publishing.breaker = publishing.CircuitBreaker(publishing.PAUSE)
    yield publishing.breaker
    publishing.breaker = publishing.CircuitBreaker(publishing.PAUSE)


@pytest.fixture
def broker_away(servers: None, closed_breaker: publishing.CircuitBreaker) -> Iterator[None]:
    """A broker whose address refuses connections."""
    address = current_app.conf.broker_url
    _write_to(f"{address.partition('://')[0]}://127.0.0.1:{free_port()}//")
    yield
    _write_to(address)


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """A database that can go away; whoever waits for it looks all the time."""
    monkeypatch.setattr(database, "PAUSE", 0)
    return Outage(monkeypatch)


def _write_to(url: str) -> None:
    current_app.conf.broker_write_url = url
    # Both keep the connections of the address before.
    current_app._pool = None
    current_app.amqp._producer_pool = None
