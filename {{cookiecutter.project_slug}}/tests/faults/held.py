"""Work that takes until it is released, so that a fault surely meets it."""

from django.utils import timezone

from tests.sample.models import Parcel, Run
from tests.support.waiting import wait_until

# How tests.sample.tasks.deliver behaves until it is released.
HELD = ("wait", "answer in two parts")


def hold_a_row(behaviour: str = "wait") -> Parcel:
    """Start a row that is not done before it is released; its runs are named after its id."""
    return Parcel.objects.create(behaviour=behaviour, due_at=timezone.now())


def release_rows() -> None:
    """Let those that are held come to their end."""
    Parcel.objects.filter(behaviour__in=HELD).update(behaviour="deliver")


def process_at(name: object) -> int:
    """The id of the process that first runs what has this name, once one does."""
    return wait_until(lambda: Run.objects.filter(name=str(name)).first()).pid
