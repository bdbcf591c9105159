"""Text as every database takes it, so that no character keeps the end of some work from its row."""

from collections.abc import Mapping
from typing import Any


def storable_text(text: str) -> str:
    """A text with escapes for the characters that are refused.

    Postgres takes no NUL, and nothing that writes UTF-8 takes one half of a surrogate pair.
    """
    return text.replace("\x00", r"\x00").encode(errors="backslashreplace").decode()


def storable(value: Any) -> Any:
    """JSON with all of its texts storable."""
    match value:
        case str():
            return storable_text(value)
        case Mapping():
            return {storable(key): storable(each) for key, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value
