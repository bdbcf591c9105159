"""A database that goes away, as one process sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connections

from background import database


class Outage:
    """The database as this thread sees it, away until so many queries and connections failed.

    Whoever waits for it looks all the time.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "PAUSE", 0)
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
