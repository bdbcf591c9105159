"""How much waits in the queues."""

from collections.abc import Iterator

from operations.backlog import queue_lengths
from operations.doctor.finding import Finding, Question, good

SUBJECT = "queues"


def ask() -> Iterator[Finding]:
    """How many messages wait; for how long, only the rows behind them can tell."""
    lengths = {queue: length for queue, length in queue_lengths().items() if length}
    told = ", ".join(f"{length} in {queue}" for queue, length in lengths.items())
    yield good(SUBJECT, f"Messages: {told or 'none'}")


QUESTION = Question(
    subject=SUBJECT,
    ask=ask,
    remedy="Look at the broker: it takes logins and tells nothing about its queues",
    after="broker",
)
