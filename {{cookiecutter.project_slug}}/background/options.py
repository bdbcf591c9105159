"""The options that a task is sent with, read as Celery reads them."""

from collections.abc import Mapping, Sequence
from typing import Any


def steps_of(chain: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The steps to come, in order; in a message of Celery's the next one is the last."""
    return list(reversed(chain or []))
