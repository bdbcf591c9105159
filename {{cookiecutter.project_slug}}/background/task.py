"""The base of every Celery task without a model: retries, and a dead letter at the end."""

import smtplib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from background.database import DATABASE_TROUBLE, in_passing
from background.errors import PermanentError, TransientError
from background.guards import GuardedTask

if TYPE_CHECKING:
    from celery.canvas import Signature


class BackgroundTask(GuardedTask):
    """Tries again what may go away by itself, and keeps for good what does not.

    Each call is a row until it has ended (models.TaskCall), so no process takes it along and no
    doubled message runs it twice. Retries back off exponentially with jitter up to
    `retry_backoff_max` seconds, or wait for as long as the error says. An exception of `throws` is
    an expected end; any other end in failure leaves a dead letter, which holds the rest of the
    chain too.
    """

    abstract = True
    Request = "background.requests:Request"

    autoretry_for = (
        TransientError,
        ConnectionError,
        TimeoutError,
        RedisConnectionError,
        RedisTimeoutError,
        smtplib.SMTPServerDisconnected,
        smtplib.SMTPConnectError,
        *DATABASE_TROUBLE,
    )
    # On the class and not in retry_kwargs, which would beat the number on a decorator.
    max_retries = 5
    # The longest first wait (seconds). Five of them outlast an outage of minutes: they take 310 s
    # at most, and half of that on average.
    retry_backoff = 10
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

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run for the message at hand; called directly it is a plain function."""
        if self.request.called_directly or hasattr(self.request, "call"):
            return super().__call__(*args, **kwargs)
        from background import calls

        return calls.run(self, args, kwargs)

    def retry(self, *args: Any, **options: Any) -> NoReturn:
        """Try again later, but not while the error says that it would be in vain.

        Always raises: the row is put back once the task's own transactions have unwound, or they
        would roll that back too.
        """
        error = options.get("exc")
        if isinstance(error, TransientError) and error.retry_after:
            options["countdown"] = max(options.get("countdown") or 0, error.retry_after)
        raise super().retry(*args, **options | {"throw": True, "by_row": True})

    def replace(self, sig: "Signature[Any]") -> NoReturn:
        """Refuse: the row is this task's, and what took its place would be a message without one.

        Raises RuntimeError.
        """
        raise RuntimeError(
            f"{self.name} can't replace itself: use self.retry(args=...) to come back with other "
            "arguments, or .delay_on_commit() and chain_on_commit() to go on with other tasks"
        )

    def apply_async(  # type: ignore[override]
        self,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
        task_id: str | None = None,
        producer: Any = None,
        *,
        by_row: bool = False,
        **options: Any,
    ) -> Any:
        """Send the task now, as GuardedTask does, unless its row sees to that: after a retry."""
        if by_row:
            return None
        return super().apply_async(args, kwargs, task_id, producer, **options)

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Keep a dead letter; Celery calls this when no retry is left."""
        from background import calls

        with in_passing(f"The end of {self.name}"):
            calls.fail(self, task_id, args, kwargs, exc)
