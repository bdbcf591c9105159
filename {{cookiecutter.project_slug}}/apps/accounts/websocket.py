"""Who is behind a WebSocket: browsers send their session cookie, other clients a token."""

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.middleware import BaseMiddleware
from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from apps.accounts.models import User


class TokenAuthMiddleware(BaseMiddleware):
    """Sets the user of a socket that came with `Authorization: Token …`."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Leave a socket without the header as it is; one with a wrong token is nobody's."""
        header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        scheme, _, key = header.partition(" ")
        if scheme.lower() == "token":
            scope = {**scope, "user": await user_of_token(key.strip())}
        return await super().__call__(scope, receive, send)


@database_sync_to_async
def user_of_token(key: str) -> User | AnonymousUser:
    """The active user whom a token belongs to."""
    try:
        user: User = TokenAuthentication().authenticate_credentials(key)[0]
    except AuthenticationFailed:
        return AnonymousUser()
    return user


def TokenOrSessionAuthMiddlewareStack(inner: Any) -> Any:  # noqa: N802
    """Wrap a WebSocket application, as channels.auth.AuthMiddlewareStack does for sessions."""
    return AuthMiddlewareStack(TokenAuthMiddleware(inner))
