"""Pushing events to whoever has a page open; nobody waits for it and nothing depends on it."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import channel_layers
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PUSH_SECONDS = 2


def user_group(user_id: int) -> str:
    """The group that all open sockets of one user are in."""
    return f"user_{user_id}"


def push_to_browser(user_id: int, event: dict[str, Any]) -> None:
    """Send `event` (JSON types only) to every open page of a user.

    Best effort: a page that is closed never sees it, and a channel layer that is down is logged.
    """
    push_to_browsers([(user_id, event)])


def push_to_browsers(events: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Send each event to every open page of its user.

    Best effort, as above; the first that does not get through is the last one tried, because a
    channel layer that hangs would cost each of them its time-out.
    """
    async_to_sync(_send_all)(events)


async def _send_all(events: Sequence[tuple[int, dict[str, Any]]]) -> None:
    for user_id, event in events:
        try:
            await _send(user_group(user_id), event)
        except (RedisError, OSError) as error:
            logger.warning("No push to the browser of user %s: %r", user_id, error)
            return


async def _send(group: str, event: dict[str, Any]) -> None:
    async with asyncio.timeout(PUSH_SECONDS):
        layer = channel_layers[DEFAULT_CHANNEL_LAYER]
        await layer.group_send(group, {"type": "push", "event": event})
