"""Receivers of webhooks."""

from collections.abc import Iterator

import pytest

from tests.apps.webhooks.servers import Receiver
from tests.support.serving import serving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that takes everything."""
    with serving(Receiver()) as server:
        yield server
