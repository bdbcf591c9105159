"""What a sweep of recovery looks at, and when."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from celery.exceptions import QueueNotFound
from django.utils import timezone

from background import lifecycle, recovery, registry
from background.dispatch import send_on_commit
from background.errors import BrokerUnavailableError
from background.lifecycle import UNKNOWN_RETRIES
from background.models import DeadLetter, TaskCall, Work
from background.publishing import Message
from background.recovery import recover
from tests.sample.models import Errand, Parcel, Search

pytestmark = pytest.mark.django_db


def due_parcel(**values: object) -> Parcel:
    return Parcel.objects.create(due_at=timezone.now() - timedelta(seconds=1), **values)


def test_a_new_row_is_left_to_its_own_message_at_first() -> None:
    Parcel.objects.create()

    assert recover() == 0


def test_a_row_that_nobody_took_up_is_sent_again_at_growing_distances(settings: Any) -> None:
    settings.WORK_FIRST_LOOK_SECONDS = 30
    parcel = due_parcel()
    waits = []
    for _ in range(8):
        Parcel.objects.filter(pk=parcel.pk).update(due_at=timezone.now())
        recover()
        parcel.refresh_from_db()
        assert parcel.due_at
        waits.append(round((parcel.due_at - timezone.now()).total_seconds()))

    assert waits[:5] == [30, 60, 120, 240, 480]
    assert waits[5:] == [600, 600, 600]
    assert parcel.dispatches == 8


def test_so_is_one_that_waits_for_days() -> None:
    parcel = due_parcel(dispatches=1000)

    assert recover() == 1

    parcel.refresh_from_db()
    assert parcel.due_at
    assert round((parcel.due_at - timezone.now()).total_seconds()) == 600


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
    last_chance = {"status": Work.Status.PROCESSING, "attempts": 5, "crashes": 4}
    stuck = due_parcel(behaviour="deaf sender", **last_chance)
    other = due_parcel(**last_chance)

    recover()

    other.refresh_from_db()
    assert other.status == Work.Status.FAILED
    # It waits behind what comes after it, and keeps its claim to an end.
    stuck.refresh_from_db()
    assert (stuck.status, stuck.crashes) == (Work.Status.PROCESSING, 4)
    assert stuck.due_at > timezone.now()


def test_final_rows_and_rows_held_back_are_left_alone() -> None:
    due_parcel(status=Work.Status.COMPLETE)
    due_parcel(status=Work.Status.FAILED)
    Parcel.objects.create(due_at=None)

    assert recover() == 0


def call(task: str, **values: object) -> TaskCall:
    return TaskCall.objects.create(task=f"tests.sample.tasks.{task}", **values)


def test_a_new_call_is_left_to_its_own_process_at_first() -> None:
    call("break_down")

    assert recover() == 0


def test_a_call_stays_while_the_broker_is_away(broker_away: None) -> None:
    kept = call("break_down", due_at=timezone.now(), args=["some name"])

    with pytest.raises(BrokerUnavailableError):
        recover()

    assert TaskCall.objects.get() == kept


def test_a_call_of_a_task_that_is_gone_becomes_a_dead_letter_in_the_end() -> None:
    lost = call("long_forgotten", args=["some name"], options={"priority": 9})

    for deferrals in range(1, UNKNOWN_RETRIES + 1):
        TaskCall.objects.update(due_at=timezone.now())
        recover()
        lost.refresh_from_db()
        assert (lost.status, lost.deferrals) == (Work.Status.PENDING, deferrals)
    TaskCall.objects.update(due_at=timezone.now())
    recover()

    letter = DeadLetter.objects.get()
    assert letter.error == "No task is named tests.sample.tasks.long_forgotten any more"
    assert (letter.args, letter.options) == (["some name"], {"priority": 9})
    assert TaskCall.objects.get().status == Work.Status.FAILED


def test_a_row_whose_task_is_gone_becomes_a_dead_letter_and_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(registry._registrations, "sample.errand")
    lost, other = Errand.objects.create(), Search.objects.create()

    for sweeps in range(1, UNKNOWN_RETRIES + 2):
        lost.refresh_from_db()
        assert lost.status == Work.Status.PENDING
        Errand.objects.update(due_at=timezone.now())
        Search.objects.update(due_at=timezone.now())
        recover()
        other.refresh_from_db()
        assert other.dispatches == sweeps

    lost.refresh_from_db()
    assert lost.status == Work.Status.FAILED
    letter = DeadLetter.objects.get()
    assert (letter.work_id, letter.task) == (lost.pk, "sample.Errand")
    assert letter.error.startswith("No task works on sample.Errand")


def test_so_does_one_whose_process_died_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._registrations, "sample.parcel")
    due_parcel(status=Work.Status.PROCESSING, attempts=5, crashes=4)

    recover()

    assert DeadLetter.objects.get().task == "sample.Parcel"


def test_a_row_that_can_be_neither_sent_nor_given_up_keeps_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse_parcels(message: Message) -> None:
        if message.task.name == "tests.sample.tasks.deliver":
            raise QueueNotFound("nowhere")

    monkeypatch.setattr(recovery, "publish", refuse_parcels)
    stuck = due_parcel(behaviour="deaf sender")
    other = Search.objects.create(due_at=timezone.now())

    recover()

    other.refresh_from_db()
    stuck.refresh_from_db()
    assert (other.dispatches, stuck.status) == (1, Work.Status.PENDING)
    assert stuck.due_at
    assert stuck.due_at > timezone.now()


def test_a_call_of_a_task_that_works_on_rows_is_refused() -> None:
    row_task = current_app.tasks["tests.sample.tasks.deliver"]

    with pytest.raises(LookupError, match=r"start it with dispatch\(row\)"):
        send_on_commit(row_task, ["some id", 1], {})
    assert not TaskCall.objects.exists()


@pytest.mark.parametrize(
    ("args", "options"),
    [
        (["stuck", "one too many"], {}),
        (["stuck"], {"queue": "mistyped"}),
        (["stuck"], {"serializer": "mistyped"}),
        (["stuck"], {"compression": "mistyped"}),
    ],
)
def test_a_call_that_can_not_be_sent_here_keeps_no_other_waiting_and_ends_as_a_dead_letter(
    args: list[str], options: dict[str, str]
) -> None:
    stuck = call("break_down", args=args, options=options)
    other = call("break_down", args=["in order"])

    for sweeps in range(1, UNKNOWN_RETRIES + 2):
        stuck.refresh_from_db()
        assert stuck.status == Work.Status.PENDING
        TaskCall.objects.filter(pk=stuck.pk).update(due_at=timezone.now() - timedelta(seconds=1))
        TaskCall.objects.filter(pk=other.pk).update(due_at=timezone.now())
        recover()
        other.refresh_from_db()
        assert other.dispatches == sweeps

    letter = DeadLetter.objects.get()
    assert (letter.args, letter.options) == (args, options)


def test_suspects_are_sent_one_at_a_time() -> None:
    suspects = [due_parcel(crashes=2) for _ in range(3)]
    ordinary = due_parcel(crashes=1)

    assert recover() == 2

    ordinary.refresh_from_db()
    assert ordinary.dispatches == 1
    assert sum(Parcel.objects.get(pk=each.pk).dispatches for each in suspects) == 1


def test_no_suspect_is_sent_while_another_is_at_work() -> None:
    lifecycle.claim(Parcel, due_parcel(crashes=2).pk, 1)
    due_parcel(crashes=2)

    assert recover() == 0


def test_a_suspect_that_comes_while_another_is_at_work_is_put_back() -> None:
    lifecycle.claim(Parcel, due_parcel(crashes=2).pk, 1)
    second = due_parcel(crashes=2)

    assert lifecycle.claim(Parcel, second.pk, 1) is None

    since = second.ready_at
    second.refresh_from_db()
    assert (second.status, second.crashes) == (Work.Status.PENDING, 2)
    assert second.ready_at == since
