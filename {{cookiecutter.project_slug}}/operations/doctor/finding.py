"""What the doctor says about one thing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

# What should happen at once and has not happened by then is late.
LATE = timedelta(seconds=60)


@dataclass(frozen=True)
class Finding:
    """One line: what was seen of a subject, and the remedy where it is not ok.

    With an ok one the remedy is a hint.
    """

    subject: str
    ok: bool
    seen: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """How a subject is asked about.

    `ask` gives the findings; it raises when nobody answers, and then `remedy` says what to do. It
    is not asked at all when `after`, the subject it depends on, has not answered.
    """

    subject: str
    ask: Callable[[], Iterable[Finding]]
    remedy: str
    after: str = ""


def good(subject: str, seen: str, hint: str = "") -> Finding:
    """A finding that is as it should be."""
    return Finding(subject, True, seen, hint)


def bad(subject: str, seen: str, remedy: str) -> Finding:
    """A finding that somebody must do something about."""
    return Finding(subject, False, seen, remedy)
