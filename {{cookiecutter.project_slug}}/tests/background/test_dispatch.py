"""What is sent when a transaction commits."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from background.dispatch import chain_on_commit, dispatch, group_on_commit
from background.models import TaskCall
from config.queues import Queue
from tests.conftest import CaptureDispatch
from tests.sample.models import Parcel
from tests.sample.tasks import break_down, lengthen
from tests.support.broker import Broker


@pytest.mark.django_db
def test_rows_calls_chains_and_groups_are_sent_after_commit(
    captured_dispatch: CaptureDispatch,
) -> None:
    with captured_dispatch() as sent:
        parcel = Parcel.objects.create()
        dispatch(parcel)
        break_down.delay_on_commit("a call")
        chain_on_commit(lengthen.s("one", "two"), lengthen.s("three"))
        group_on_commit([lengthen.s("a", "member"), lengthen.s("another", "member")])
        assert sent == []

    assert [(message.task.name.rpartition(".")[2], message.args) for message in sent] == [
        ("deliver", [str(parcel.pk), 1]),
        ("break_down", ["a call"]),
        ("lengthen", ["one", "two"]),
        ("lengthen", ["a", "member"]),
        ("lengthen", ["another", "member"]),
    ]


@pytest.mark.django_db
def test_a_row_that_was_held_back_waits_for_a_worker_from_then_on(
    captured_dispatch: CaptureDispatch,
) -> None:
    made = timezone.now() - timedelta(hours=1)
    parcel = Parcel.objects.create(due_at=None, ready_at=made)

    with captured_dispatch():
        dispatch(parcel)

    parcel.refresh_from_db()
    assert parcel.ready_at - made >= timedelta(hours=1)


@pytest.mark.django_db
def test_what_waits_for_its_time_is_not_sent(captured_dispatch: CaptureDispatch) -> None:
    with captured_dispatch() as sent:
        break_down.apply_async_on_commit(["later"], countdown=60)

    assert sent == []
    assert TaskCall.objects.get().args == ["later"]


def test_what_is_rolled_back_is_not_sent(
    captured_dispatch: CaptureDispatch, transactional_db: None
) -> None:
    with captured_dispatch() as sent, transaction.atomic():
        dispatch(Parcel.objects.create())
        break_down.delay_on_commit("never")
        transaction.set_rollback(True)

    assert sent == []


def test_what_is_captured_does_not_reach_the_broker(
    captured_dispatch: CaptureDispatch, broker: Broker
) -> None:
    with captured_dispatch() as sent:
        dispatch(Parcel.objects.create())
    assert (len(sent), broker.waiting(Queue.DEFAULT)) == (1, 0)

    dispatch(Parcel.objects.create())
    assert (len(sent), broker.waiting(Queue.DEFAULT)) == (1, 1)
