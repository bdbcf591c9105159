"""What a sweep of recovery looks at, and when."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from background.errors import BrokerUnavailableError
from background.models import FIRST_LOOK, DeadLetter, OutboxMessage, Work
from background.recovery import recover
from tests.sample.models import Parcel

pytestmark = pytest.mark.django_db


def due_parcel(**values: object) -> Parcel:
    return Parcel.objects.create(due_at=timezone.now() - timedelta(seconds=1), **values)


def test_a_new_row_is_left_to_its_own_message_at_first() -> None:
    Parcel.objects.create()

    assert recover() == 0


def test_a_row_that_nobody_took_up_is_sent_again_at_growing_distances() -> None:
    parcel = due_parcel()
    waits = []
    for _ in range(8):
        Parcel.objects.filter(pk=parcel.pk).update(due_at=timezone.now())
        recover()
        parcel.refresh_from_db()
        assert parcel.due_at
        waits.append(round((parcel.due_at - timezone.now()).total_seconds()))

    assert waits[0] == FIRST_LOOK.total_seconds()
    assert waits[:5] == [30, 60, 120, 240, 480]
    assert waits[5:] == [600, 600, 600]
    assert parcel.dispatches == 8


def test_what_the_broker_does_not_take_stays_due(broker_away: None) -> None:
    parcel = due_parcel()
    before = parcel.due_at

    with pytest.raises(BrokerUnavailableError):
        recover()

    parcel.refresh_from_db()
    assert (parcel.due_at, parcel.dispatches) == (before, 0)


def test_an_expired_lease_is_taken_away_and_the_row_sent_in_one_sweep() -> None:
    parcel = due_parcel(status=Work.Status.PROCESSING, attempts=1)

    assert recover() == 1

    parcel.refresh_from_db()
    assert (parcel.status, parcel.crashes, parcel.dispatches) == (Work.Status.PENDING, 1, 1)


def test_a_row_that_can_not_even_be_given_up_does_not_hold_up_the_others() -> None:
    last_chance = {"status": Work.Status.PROCESSING, "attempts": 3, "crashes": 2}
    due_parcel(behaviour="deaf sender", **last_chance)
    other = due_parcel(**last_chance)

    recover()

    other.refresh_from_db()
    assert other.status == Work.Status.FAILED


def test_final_rows_and_rows_held_back_are_left_alone() -> None:
    due_parcel(status=Work.Status.COMPLETE)
    due_parcel(status=Work.Status.FAILED)
    Parcel.objects.create(due_at=None)

    assert recover() == 0


def outbox(task: str, **values: object) -> OutboxMessage:
    return OutboxMessage.objects.create(
        task=f"tests.sample.tasks.{task}", task_id=uuid4(), **values
    )


def test_a_new_message_of_the_outbox_is_left_to_its_own_process_at_first() -> None:
    outbox("break_down")

    assert recover() == 0


def test_a_message_of_the_outbox_stays_while_the_broker_is_away(broker_away: None) -> None:
    message = outbox("break_down", due_at=timezone.now(), args=["some name"])

    with pytest.raises(BrokerUnavailableError):
        recover()

    assert OutboxMessage.objects.get() == message


def test_a_message_for_a_task_that_is_gone_becomes_a_dead_letter() -> None:
    outbox("long_forgotten", due_at=timezone.now(), args=["some name"], options={"expires": 9})

    recover()

    letter = DeadLetter.objects.get()
    assert (letter.args, letter.options) == (["some name"], {"expires": 9})
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("args", "options"), [(["one", "too many"], {}), (["some name"], {"queue": "mistyped"})]
)
def test_a_message_that_no_broker_would_take_keeps_no_other_waiting(
    args: list[str], options: dict[str, str]
) -> None:
    outbox("break_down", due_at=timezone.now(), args=args, options=options)
    outbox("break_down", due_at=timezone.now(), args=["in order"])

    recover()

    assert DeadLetter.objects.get().args == args
    assert not OutboxMessage.objects.exists()
