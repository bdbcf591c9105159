"""Whether other machines have the same time."""

from datetime import datetime, timedelta

from django.utils import timezone

from operations.doctor.finding import Finding, bad, good

SUBJECT = "clock"
# A lease is thirty seconds and a tick a minute; what is off by less than this harms neither.
LARGEST_SKEW = timedelta(seconds=2)


def compare(whose: str, began_at: datetime, theirs: datetime) -> Finding:
    """Whether a clock that was read between `began_at` and now is right.

    The time that the question took is not held against it.
    """
    now = timezone.now()
    off = max(began_at - theirs, theirs - now)
    if off <= LARGEST_SKEW:
        return right(whose)
    direction = "behind" if theirs < now else "ahead of"
    seen = f"The clock of {whose} is {off.total_seconds():.0f} s {direction} this machine's"
    return bad(SUBJECT, seen, "Let NTP set the clocks of both")


def right(whose: str) -> Finding:
    """That a clock, or each of several, shows what this machine's does."""
    seconds = LARGEST_SKEW.total_seconds()
    return good(SUBJECT, f"The clock of {whose} is within {seconds:.0f} s of this machine's")
