"""What can go wrong with background work, by what follows from it."""


class TransientError(Exception):
    """It may work later: the work is tried again after a while, a stated number of times.

    `retry_after` says before when it would be in vain (seconds from now), where that is known.
    """

    def __init__(self, reason: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class PermanentError(Exception):
    """An expected end, such as a file that can't be read: FAILED with this reason, no retry."""


class LeaseLostError(Exception):
    """Somebody else holds this row now, so whatever was about to happen must not."""


class BrokerUnavailableError(Exception):
    """The broker did not take the message; nothing was sent."""


class UnreadableMessageError(Exception):
    """The broker delivered what is no message of a task."""
