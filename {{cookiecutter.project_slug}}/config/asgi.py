"""The ASGI application: HTTP is Django's, WebSockets are Channels'."""

import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator, WebsocketDenier
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django.setup(set_prefix=False)

# These need Django's app registry, which is ready from here on.
from apps.accounts.websocket import TokenOrSessionAuthMiddlewareStack  # noqa: E402
from fastdata.consumers import NotificationConsumer  # noqa: E402
from operations.errors import Application  # noqa: E402
from operations.limits import BoundedBody  # noqa: E402
from operations.starting import refuse_errors  # noqa: E402

refuse_errors()

# In production static files are not the application's to serve.
django_application = ASGIStaticFilesHandler(Application()) if settings.DEBUG else Application()


class BrowserOriginValidator(OriginValidator):
    """Refuses pages of other sites, which would come with the visitor's session cookie.

    Every browser names the page's origin. A client that names none is no browser and has no
    cookie that could be abused, so it passes.
    """

    def valid_origin(self, parsed_origin: Any) -> bool:
        """Whether a socket may come from there; None when the client did not say."""
        return parsed_origin is None or bool(super().valid_origin(parsed_origin))


# Django's types know paths to views alone.
routes: list[Any] = [
    path("ws/notifications/", NotificationConsumer.as_asgi()),  # type: ignore[arg-type]
    # Anything else is refused without a traceback in the log.
    re_path("", WebsocketDenier.as_asgi()),  # type: ignore[arg-type]
]

application = ProtocolTypeRouter(
    {
        "http": BoundedBody(django_application),
        "websocket": BrowserOriginValidator(
            TokenOrSessionAuthMiddlewareStack(URLRouter(routes)), settings.ALLOWED_HOSTS
        ),
    }
)
