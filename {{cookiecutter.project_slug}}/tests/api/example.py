"""What a test changes one thing about: a request that is taken as it stands."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """A request with a JSON body; names in braces stand for what `make_things` made.

    `role` is who sends it, None for somebody who is not logged in. `texts` are the fields of free
    text that come back in the answer. `is_keyed` is one that needs an Idempotency-Key.
    """

    role: str | None
    method: str
    path: str
    body: dict[str, Any]
    texts: tuple[str, ...] = ()
    is_keyed: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
