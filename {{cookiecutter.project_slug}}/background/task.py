"""The base of every Celery task without a row: retries, and a dead letter at the end."""

import smtplib
from collections.abc import Mapping, Sequence
from typing import Any

from celery.contrib.django.task import DjangoTask
from django.db import InterfaceError, OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from background.errors import PermanentError, TransientError


class BackgroundTask(DjangoTask[..., Any]):
    """Tries again what may go away by itself, and keeps for good what does not.

    Retries back off exponentially with jitter up to `retry_backoff_max` seconds, or wait for as
    long as the error says. An exception of `throws` is an expected end; any other end in failure
    leaves a dead letter, which holds the rest of the chain too.
    """

    abstract = True

    autoretry_for = (
        TransientError,
        ConnectionError,
        TimeoutError,
        RedisConnectionError,
        RedisTimeoutError,
        smtplib.SMTPServerDisconnected,
        smtplib.SMTPConnectError,
        OperationalError,
        InterfaceError,
    )
    # On the class and not in retry_kwargs, which would beat the number on a decorator.
    max_retries = 5
    retry_backoff = True
    retry_backoff_max = 600
    retry_jitter = True
    throws = (PermanentError,)

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Send the task after commit, whatever the broker does."""
        self.apply_async_on_commit(args, kwargs)

    def apply_async_on_commit(  # type: ignore[override]
        self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        """Send the task after commit with Celery's options, whatever the broker does."""
        from background.dispatch import send_on_commit

        send_on_commit(self, args, kwargs or {}, **options)

    def retry(self, *args: Any, **options: Any) -> Any:
        """Try again later, but not while the error says that it would be in vain."""
        error = options.get("exc")
        if isinstance(error, TransientError) and error.retry_after:
            options["countdown"] = max(options.get("countdown") or 0, error.retry_after)
        return super().retry(*args, **options)

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Keep a dead letter; Celery calls this when no retry is left."""
        from background.models import DeadLetter

        if not isinstance(exc, self.throws):
            chain = self.request.chain
            options = {"chain": chain} if chain else {}
            DeadLetter.record(self.name, args, kwargs, exc, options=options)
