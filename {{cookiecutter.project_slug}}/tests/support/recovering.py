"""Waiting while recovery runs, as it does in Beat."""

from collections.abc import Callable

from django.utils import timezone

from background.models import DeadLetter, TaskCall, Work, work_models
from background.recovery import recover, recover_rows
from tests.support.waiting import wait_until


def wait_with_recovery[T](condition: Callable[[], T]) -> T:
    """The value of `condition` once it is true; whatever is due is sent meanwhile."""

    def look() -> T:
        recover()
        return condition()

    return wait_until(look)


def wait_for_letter() -> DeadLetter:
    """The first dead letter, however long the calls would wait that lead to it."""

    def look() -> DeadLetter | None:
        TaskCall.objects.update(due_at=timezone.now())
        recover_rows()
        return DeadLetter.objects.first()

    letter = wait_until(look)
    assert letter
    return letter


def wait_for_all_work() -> None:
    """Wait until no row of work is open any more, nor what it has started."""
    wait_with_recovery(lambda: not any(_is_open(model) for model in work_models()))


def _is_open(model: type[Work]) -> bool:
    return model._default_manager.filter(status__in=Work.OPEN).exists()
