"""The WebSocket through which a page hears at once what it would otherwise poll for."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from fastdata.browser import user_group

# From the range that is left to applications, after HTTP's 401.
LOGIN_REQUIRED = 4401


class NotificationConsumer(AsyncWebsocketConsumer):
    """Sends a user's events as JSON, in the order they come; what the page sends is ignored."""

    group = ""

    async def connect(self) -> None:
        """Join the user's group, or close with LOGIN_REQUIRED."""
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            # A socket refused before it is accepted shows the browser no close code.
            await self.accept()
            await self.close(code=LOGIN_REQUIRED)
            return
        self.group = user_group(user.pk)
        # Joined before accepted: a page that is connected misses nothing.
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def push(self, message: dict[str, Any]) -> None:
        """Hand on an event from `push_to_browser`."""
        await self.send(text_data=json.dumps(message["event"]))
