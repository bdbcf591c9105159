"""What a sweep of recovery looks at, and when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from background.errors import BrokerUnavailableError
from background.models import FIRST_LOOK, UnsentMessage, Work
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


def test_final_rows_and_rows_held_back_are_left_alone() -> None:
    due_parcel(status=Work.Status.COMPLETE)
    due_parcel(status=Work.Status.FAILED)
    Parcel.objects.create(due_at=None)

    assert recover() == 0


def test_an_unsent_message_stays_while_the_broker_is_away(broker_away: None) -> None:
    UnsentMessage.objects.create(
        task="tests.sample.tasks.break_down", task_id="7c5e36a1-97a4-4f2b-9d5c-1c8f2a5a0b11"
    )

    with pytest.raises(BrokerUnavailableError):
        recover()

    assert UnsentMessage.objects.count() == 1
