"""Pages that are open in somebody's browser."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework.authtoken.models import Token
from websockets.sync.client import ClientConnection, connect

from apps.accounts.models import User


@contextmanager
def open_page(web: str, user: User) -> Iterator[ClientConnection]:
    """The socket of a page that a user has open."""
    address = f"{web}/ws/notifications/".replace("http", "ws", 1)
    token = Token.objects.create(user=user)
    with connect(address, additional_headers={"Authorization": f"Token {token.key}"}) as socket:
        yield socket


def hear(socket: ClientConnection) -> dict[str, Any]:
    """The next event."""
    event: dict[str, Any] = json.loads(socket.recv(timeout=20))
    return event
