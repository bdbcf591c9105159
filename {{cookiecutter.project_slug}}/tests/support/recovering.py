"""Waiting while recovery runs, as it does in Beat."""

from collections.abc import Callable

from background.recovery import recover
from tests.support.waiting import wait_until


def wait_with_recovery[T](condition: Callable[[], T]) -> T:
    """The value of `condition` once it is true; whatever is due is sent meanwhile."""

    def look() -> T:
        recover()
        return condition()

    return wait_until(look)
