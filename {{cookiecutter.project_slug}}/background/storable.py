"""What every database takes, so that nothing odd in it keeps the end of some work from its row."""

import json
import math
from collections.abc import Mapping
from typing import Any

from kombu.utils.json import dumps


def storable_text(text: str) -> str:
    """A text with escapes for the characters that are refused.

    Postgres takes no NUL, and nothing that writes UTF-8 takes one half of a surrogate pair.
    """
    return text.replace("\x00", r"\x00").encode(errors="backslashreplace").decode()


def as_json(value: Any) -> Any:
    """Arguments as JSON: dates, UUIDs and the like as messages of Celery's hold them.

    Whoever is sent them is given what they were.
    """
    return json.loads(dumps(value))


def storable(value: Any) -> Any:
    """JSON with all of its texts storable, and numbers that JSON does not know as texts."""
    match value:
        case str():
            return storable_text(value)
        case float() if not math.isfinite(value):
            return str(value)
        case Mapping():
            return {storable(key): storable(each) for key, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value
