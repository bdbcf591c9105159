"""Celery's channel to Redis, which now survives a connection lost with messages in hand."""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel that knows its server also when the connection has been given up.

    The stock one (kombu 5.7) asks the connection, which has forgotten it by then, to hand back what
    it holds, or to acknowledge a task that has ended since: the whole worker ends with "'NoneType'
    object has no attribute 'hostname'".
    """

    def __init__(self, connection: Any, *args: Any, **kwargs: Any) -> None:
        self._server = connection.client
        super().__init__(connection, *args, **kwargs)

    def _connparams(self, *args: Any, **kwargs: Any) -> Any:
        self.connection.client = self.connection.client or self._server
        return super()._connparams(*args, **kwargs)  # type: ignore[misc]  # missing in the stubs


def use() -> None:
    """Have the worker that starts in this process use it."""
    redis.Transport.Channel = Channel
