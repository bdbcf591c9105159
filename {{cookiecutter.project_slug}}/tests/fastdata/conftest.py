"""Servers that are down, in one way or the other."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(params=["refuses", "hangs"])
def broken_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a Redis that is down."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def broken_cache(broken_server: str, settings: Any) -> None:
    """A cache server that is down."""
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": broken_server}
    }


@pytest.fixture
def broken_data(broken_server: str, settings: Any) -> None:
    """A data server that is down."""
    settings.REDIS_DATA_URL = broken_server
