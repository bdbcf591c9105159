"""Faults of the broker and of the database, as one process sees them."""

from collections.abc import Iterator

import pytest
from celery import current_app

from background import publishing
from operations.servers.ports import free_port
from tests.support.outage import Outage


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
    """A database that can go away."""
    return Outage(monkeypatch)


def _write_to(url: str) -> None:
    current_app.conf.broker_write_url = url
    # Both keep the connections of the address before.
    current_app._pool = None
    current_app.amqp._producer_pool = None
