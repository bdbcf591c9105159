"""A database that goes away under those who work: they wait, and blame nobody for it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, NoReturn
from uuid import UUID, uuid4

import pytest
from celery.exceptions import Ignore, Reject, Retry, TimeLimitExceeded
from django.db import OperationalError, connection, transaction
from kombu import Message

from background import calls, lifecycle, recovery
from background.consumer import Consumer
from background.database import patiently
from background.decorators import work_on
from background.errors import TransientError
from background.models import ATTEMPT, DeadLetter, Sending, TaskCall, Work
from background.recovery import sweep
from background.registry import registration_for
from background.send_once import Key, send_once
from tests.sample.models import Parcel
from tests.sample.tasks import count_down, lengthen, stumble_then_run
from tests.support.messages import arrived
from tests.support.outage import Outage

pytestmark = pytest.mark.django_db(transaction=True)


def refuse(*args: Any, **kwargs: Any) -> NoReturn:
    raise OperationalError("deadlock detected")


def work_with(handler: Any) -> Parcel:
    """A row that a worker has worked on in this way."""
    parcel = Parcel.objects.create()
    work_on(replace(registration_for(Parcel), handler=handler), str(parcel.pk), 1)
    return parcel


def task_of(call: TaskCall, run: Callable[[], Any], *, has_row: bool = True) -> Any:
    """A task that has the message of a call at hand; without a row, as a bare `.delay()` sends."""
    headers = {ATTEMPT: 1} if has_row else {}
    request = SimpleNamespace(
        id=str(call.pk),
        headers=headers,
        delivery_info={},
        callbacks=[],
        as_execution_options=lambda: {"task_id": str(call.pk)},
    )
    return SimpleNamespace(name=call.task, request=request, run=run)


class Listener(Consumer):
    """What a worker hears the broker with, without the worker."""

    def __init__(self) -> None:
        self.acknowledged: list[Message] = []
        self.conninfo = SimpleNamespace(connection_errors=())
        self.timer = SimpleNamespace(call_after=self._remember)

    def receive(self, task: str) -> None:
        """Take a message of a task that is not known."""
        headers = {"id": str(uuid4()), "task": task}
        json = {"content_type": "application/json", "content_encoding": "utf-8"}
        message = Message("[[], {}, {}]", channel=self, headers=headers, **json)
        self.on_unknown_task(None, message, KeyError(task))

    def look_again(self) -> None:
        """Do what was put off."""
        self._later()

    def call_soon(self, step: Callable[..., None], *args: Any) -> None:
        """Do it at once, as there is no loop."""
        step(*args)

    def basic_ack(self, *args: Any, **kwargs: Any) -> None:
        """Be told that a message was kept, as a channel is."""
        self.acknowledged.append(args)

    no_ack_consumers = None

    def _remember(self, seconds: float, step: Callable[..., None], args: Any) -> None:
        self._later = partial(step, *args)


@pytest.fixture
def listener() -> Listener:
    return Listener()


def end_by_force(parcel: Parcel) -> None:
    """Have the worker's first process end work that passed its hard time limit."""
    task: Any = registration_for(Parcel).task
    task.on_failure(TimeLimitExceeded(1), "an id", [str(parcel.pk), 1], {}, None)


def lose_connection() -> None:
    """Have the next query find that the connection is closed."""
    connection.ensure_connection()
    connection.connection.close()


def state_of(work: Work) -> tuple[str, int, int]:
    work.refresh_from_db()
    return work.status, work.attempts, work.failures


def test_a_step_is_begun_anew_until_the_database_is_back(
    outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    outage.begin()

    assert patiently(Parcel.objects.count) == 0

    assert [record.message for record in caplog.records] == [
        "The database is away, and this process waits for it: the connection is lost",
        "The database is back",
    ]


def test_what_a_database_refuses_that_is_there_is_not_begun_anew() -> None:
    with pytest.raises(OperationalError, match="deadlock"):
        patiently(refuse)


def test_nobody_waits_inside_a_transaction_which_is_lost(outage: Outage) -> None:
    tries = []

    def count() -> int:
        tries.append(outage)
        return Parcel.objects.count()

    with transaction.atomic():
        outage.begin()
        with pytest.raises(OperationalError):
            patiently(count)
        outage.end()

    assert len(tries) == 1


def test_a_row_is_claimed_once_the_database_is_back(outage: Outage) -> None:
    parcel = Parcel.objects.create()
    outage.begin()

    work_on(registration_for(Parcel), str(parcel.pk), 1)

    assert state_of(parcel) == (Work.Status.COMPLETE, 1, 0)


def test_work_ends_well_when_the_database_went_away_before_its_end(outage: Outage) -> None:
    def work(parcel: Parcel) -> None:
        outage.begin()
        parcel.report(1, 2)
        outage.begin()
        parcel.ensure_lease()
        outage.begin()
        with parcel.completing():
            parcel.deliveries.create()

    parcel = work_with(work)

    assert state_of(parcel) == (Work.Status.COMPLETE, 1, 0)
    assert parcel.deliveries.count() == 1


def test_work_whose_connection_is_lost_is_taken_up_by_recovery(outage: Outage) -> None:
    def work(parcel: Parcel) -> None:
        outage.begin()
        parcel.deliveries.create()

    parcel = work_with(work)

    outage.end()
    assert state_of(parcel) == (Work.Status.PROCESSING, 1, 0)
    assert not DeadLetter.objects.exists()


def test_work_that_meets_a_lock_is_tried_again() -> None:
    parcel = work_with(refuse)

    assert state_of(parcel) == (Work.Status.PENDING, 1, 1)


def test_a_failure_is_written_down_once_the_database_is_back(outage: Outage) -> None:
    def work(parcel: Parcel) -> None:
        outage.begin()
        raise TransientError

    assert state_of(work_with(work)) == (Work.Status.PENDING, 1, 1)


def test_a_call_is_claimed_once_the_database_is_back(outage: Outage) -> None:
    call = TaskCall.objects.create(task="some task")
    outage.begin()

    assert calls.run(task_of(call, lambda: "done"), [], {}) == "done"

    assert not TaskCall.objects.exists()


def test_a_call_whose_connection_is_lost_is_taken_up_by_recovery(outage: Outage) -> None:
    def run() -> None:
        outage.begin()
        Parcel.objects.create()

    call = TaskCall.objects.create(task="some task")

    with pytest.raises(Ignore):
        calls.run(task_of(call, run), [], {})

    outage.end()
    assert state_of(call) == (Work.Status.PROCESSING, 1, 0)
    assert not DeadLetter.objects.exists()
    # Each test ends when nobody is at work on a call, and this one nobody takes up.
    call.delete()


def test_a_call_whose_claim_meets_a_lock_is_taken_up_by_recovery(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifecycle, "claim", refuse)
    call = TaskCall.objects.create(task=lengthen.name, args=["a", "word"])

    arrived(call.next_message()).execute()

    assert state_of(call) == (Work.Status.PENDING, 0, 0)
    assert not DeadLetter.objects.exists()


def test_a_message_that_can_not_be_given_a_row_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TaskCall.objects, "get_or_create", refuse)
    task = task_of(TaskCall(task="some task"), lambda: "done", has_row=False)
    task.request.delivery_info["redelivered"] = True

    with pytest.raises(Reject) as rejected:
        calls.run(task, [], {})

    assert rejected.value.requeue


def test_a_message_without_a_row_whose_retry_meets_a_lock_comes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run() -> NoReturn:
        raise Retry(exc=TransientError(), sig=stumble_then_run.signature(retries=1, task_id="id"))

    monkeypatch.setattr(TaskCall.objects, "get_or_create", refuse)

    with pytest.raises(Reject) as rejected:
        calls.run(task_of(TaskCall(task="some task"), run, has_row=False), [], {})

    assert rejected.value.requeue


def test_a_call_whose_end_meets_a_lock_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    call = TaskCall.objects.create(task=lengthen.name, args=["a", "word"])
    message = arrived(call.next_message())
    monkeypatch.setattr(calls, "continue_chain", refuse)
    TaskCall.objects.update(chain=[lengthen.s("more")])

    message.execute()

    assert state_of(call) == (Work.Status.PENDING, 1, 1)
    assert not DeadLetter.objects.exists()


def test_a_call_whose_retry_meets_a_lock_is_taken_up_by_recovery(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lifecycle, "postpone", refuse)
    call = TaskCall.objects.create(task=count_down.name, args=["from", 2])

    arrived(call.next_message()).execute()

    assert state_of(call) == (Work.Status.PROCESSING, 1, 0)
    assert not DeadLetter.objects.exists()
    call.delete()


def test_a_call_is_put_back_with_the_arguments_of_its_retry_though_the_database_goes_away(
    outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back = lifecycle.postpone

    def put_back_and_lose_database(*args: Any, **columns: Any) -> None:
        put_back(*args, **columns)
        outage.begin()

    monkeypatch.setattr(lifecycle, "postpone", put_back_and_lose_database)
    call = TaskCall.objects.create(task=count_down.name, args=["from", 2])

    arrived(call.next_message()).execute()

    outage.end()
    assert state_of(call) == (Work.Status.PENDING, 1, 1)
    assert call.args == ["from", 1]


@pytest.mark.parametrize("has_row", [True, False])
def test_a_call_is_put_back_once_the_database_is_back(has_row: bool, outage: Outage) -> None:
    def run() -> None:
        outage.begin()
        again = stumble_then_run.signature(retries=1, task_id=str(call.pk))
        raise Retry(exc=TransientError(), sig=again)

    call = TaskCall(task="some task")
    if has_row:
        call.save()

    with pytest.raises(Retry):
        calls.run(task_of(call, run, has_row=has_row), [], {})

    call.refresh_from_db()
    assert (call.status, call.failures) == (Work.Status.PENDING, 1)


def test_a_time_limit_is_enforced_though_it_can_not_be_written_down(outage: Outage) -> None:
    parcel = Parcel.objects.create(status=Work.Status.PROCESSING, attempts=1)
    outage.begin()

    end_by_force(parcel)

    outage.end()
    assert state_of(parcel) == (Work.Status.PROCESSING, 1, 0)


def test_a_time_limit_is_written_down_over_a_new_connection() -> None:
    parcel = Parcel.objects.create(status=Work.Status.PROCESSING, attempts=1)
    lose_connection()

    end_by_force(parcel)

    assert state_of(parcel) == (Work.Status.PENDING, 1, 1)


def test_a_message_of_an_unknown_task_is_kept_over_a_new_connection(listener: Listener) -> None:
    lose_connection()

    listener.receive("long forgotten")

    assert TaskCall.objects.get().task == "long forgotten"
    assert listener.acknowledged


def test_a_message_waits_that_can_not_be_kept_while_the_database_is_away(
    listener: Listener, outage: Outage
) -> None:
    outage.begin()
    listener.receive("long forgotten")
    assert not listener.acknowledged

    outage.end()
    listener.look_again()

    assert TaskCall.objects.get().task == "long forgotten"
    assert listener.acknowledged


def test_recovery_lets_those_who_live_renew_their_leases_first(
    outage: Outage, settings: Any
) -> None:
    outage.begin()

    assert sweep() == settings.WORK_LEASE_SECONDS
    assert sweep() == settings.WORK_SWEEP_SECONDS


def test_so_it_does_when_it_meets_a_lock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(recovery, "recover", refuse)

    assert sweep() == settings.WORK_LEASE_SECONDS


def test_what_was_sent_as_the_database_went_away_is_noted_when_it_is_back(outage: Outage) -> None:
    sent: list[UUID] = []

    def send(sending_id: UUID) -> None:
        sent.append(sending_id)
        outage.begin()

    assert send_once(Key("parcel", "parcel:1", "ann@example.org"), send)

    assert [Sending.objects.get(sent_at__isnull=False).pk] == sent
