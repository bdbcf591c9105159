"""Who is behind a WebSocket."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.authtoken.models import Token
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps.accounts.models import User
from fastdata.browser import push_to_browser
from fastdata.consumers import LOGIN_REQUIRED


@contextmanager
def socket(web: str, **headers: str) -> Iterator[ClientConnection]:
    """An open socket to the site."""
    address = f"{web}/ws/notifications/".replace("http", "ws", 1)
    with connect(address, additional_headers=headers) as ws:
        yield ws


def refused(web: str, **headers: str) -> int | None:
    """The code that a socket was closed with."""
    with socket(web, **headers) as ws, pytest.raises(ConnectionClosed) as closed:
        ws.recv(timeout=5)
    return closed.value.rcvd.code if closed.value.rcvd else None


def test_a_token_logs_in(web: str, user: User) -> None:
    with socket(web, Authorization=f"Token {Token.objects.create(user=user).key}") as ws:
        push_to_browser(user.pk, {"type": "hello"})

        assert ws.recv(timeout=5) == '{"type": "hello"}'


def test_a_session_logs_in(web: str, user: User) -> None:
    browser = Client()
    browser.force_login(user)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value

    with socket(web, Cookie=f"{settings.SESSION_COOKIE_NAME}={session}") as ws:
        push_to_browser(user.pk, {"type": "hello"})

        assert ws.recv(timeout=5) == '{"type": "hello"}'


def test_without_a_login_the_socket_is_closed(web: str) -> None:
    assert refused(web) == LOGIN_REQUIRED


def test_a_wrong_token_is_no_login(web: str) -> None:
    assert refused(web, Authorization="Token wrong") == LOGIN_REQUIRED


def test_a_deactivated_user_is_out(web: str, user: User) -> None:
    token = Token.objects.create(user=user)
    User.objects.update(is_active=False)

    assert refused(web, Authorization=f"Token {token.key}") == LOGIN_REQUIRED
