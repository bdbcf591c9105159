"""Messages as they arrive: whoever can write to the broker may have put anything there."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self
from uuid import NAMESPACE_OID, uuid5

from kombu import Message

from background.errors import UnreadableMessageError
from background.models import DeadLetter
from background.storable import storable_text

# What stands in a letter in place of a task, so that no replay runs one with what was not read.
UNREADABLE = "(unreadable message)"


class Arrival(NamedTuple):
    """The parts of a message of Celery's."""

    headers: Mapping[str, Any]
    args: list[Any]
    kwargs: dict[str, Any]
    # What else its body says, such as callbacks and the rest of a chain.
    embed: Mapping[str, Any]

    @classmethod
    def of(cls, message: Message) -> Self:
        """Read a message of either of Celery's protocols, which other languages speak as well.

        They are described at https://docs.celeryq.dev/en/stable/internals/protocol.html. Raises
        UnreadableMessageError for all else.
        """
        headers = message.headers or {}
        body = _payload_of(message)
        if not _has_limits(headers):
            raise UnreadableMessageError("Its time limits are not two")
        match headers, body:
            case {"task": str(), "id": str()}, [list(args), dict(kwargs), dict() | None as embed]:
                return cls(headers, args, kwargs, embed or {})
            case _, {"task": str(), "id": str(), "args": list(args), "kwargs": dict(kwargs)}:
                return cls({**body, **headers}, args, kwargs, {})
        raise UnreadableMessageError("It is no message of Celery's")


def keep_unreadable(message: Message, error: Exception) -> None:
    """Make a dead letter of a message, with its text as the only argument."""
    headers = message.headers or {}
    text = _text(message.body)
    # Not the id of the message, which may be that of a row.
    work_id = uuid5(NAMESPACE_OID, storable_text(f"{headers.get('id')} {text}"))
    name = headers.get("task")
    reason = UnreadableMessageError(f"{name}: {error}" if name else str(error))
    DeadLetter.record(work_id, UNREADABLE, [text], {}, reason.with_traceback(error.__traceback__))


def _has_limits(headers: Mapping[str, Any]) -> bool:
    match headers.get("timelimit"):
        case None | [_, _]:
            return True
    # A worker dies of it.
    return False


def _payload_of(message: Message) -> Any:
    try:
        return message.payload
    except Exception as error:
        # Each serializer, compression and encoding raises what it likes.
        raise UnreadableMessageError(f"It can't be decoded: {error}") from error


def _text(body: Any) -> str:
    return body if isinstance(body, str) else bytes(body or b"").decode(errors="backslashreplace")
