"""Celery tasks that have no model: retries, and what is left when they fail."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import Signature, uuid
from django.db import transaction
from django.utils import timezone

from background.dispatch import send_on_commit
from background.models import DeadLetter, TaskCall, Work
from background.publishing import Message, publish
from tests.sample.models import Run
from tests.sample.tasks import (
    break_down,
    count_down,
    hold,
    leave,
    make_way,
    refuse,
    send_again,
    stumble_then_run,
    turn_down,
)
from tests.support.messages import arrived
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def runs(name: str) -> int:
    return Run.objects.filter(name=name).count()


def first_run(name: str) -> Run:
    return wait_until(lambda: Run.objects.filter(name=name).first())


def wait_for_the_end() -> None:
    """Until no call is left but those that have failed."""
    wait_with_recovery(lambda: not TaskCall.objects.exclude(status=Work.Status.FAILED).exists())


def test_a_call_is_a_row_until_it_has_ended(worker: Process) -> None:
    with transaction.atomic():
        stumble_then_run.delay_on_commit("sent", 0)
        assert TaskCall.objects.get().args == ["sent", 0]

    wait_for_the_end()
    assert runs("sent") == 1
    assert not TaskCall.objects.exists()


def test_a_commit_stands_while_the_broker_is_away(broker_away: None) -> None:
    with transaction.atomic():
        Run.objects.create(name="business", pid=0)
        stumble_then_run.delay_on_commit("kept", 0)

    assert runs("business") == 1
    assert TaskCall.objects.get().args == ["kept", 0]


def test_what_the_broker_did_not_take_is_sent_once_it_is_back(worker: Process) -> None:
    task = "tests.sample.tasks.stumble_then_run"
    TaskCall.objects.create(task=task, args=["sent late", 0], due_at=timezone.now())

    wait_for_the_end()

    assert runs("sent late") == 1


def test_a_passing_error_is_retried(worker: Process) -> None:
    stumble_then_run.delay_on_commit("stumbles twice", 2)

    wait_for_the_end()

    assert runs("stumbles twice") == 3
    assert not DeadLetter.objects.exists()


def test_a_retry_may_be_given_other_arguments(worker: Process) -> None:
    count_down.delay_on_commit("from", 2)

    wait_for_the_end()

    assert [runs(f"from {left}") for left in (2, 1, 0)] == [1, 1, 1]


def test_retries_that_run_out_leave_a_dead_letter(worker: Process) -> None:
    stumble_then_run.delay_on_commit("stumbles on", 99)

    letter = wait_with_recovery(DeadLetter.objects.first)
    assert runs("stumbles on") == 3
    assert (letter.args, letter.error) == (["stumbles on", 99], "Not yet")
    assert TaskCall.objects.get().status == Work.Status.FAILED


@pytest.mark.parametrize("told", [leave.s(), leave.s(1, 2, 3), leave.s().set(queue="nowhere")])
def test_so_does_one_of_which_nobody_can_be_told(
    broker_away: None, told: "Signature[object]"
) -> None:
    break_down.apply_async_on_commit(["untold"], link_error=told)

    arrived(TaskCall.objects.get().next_message()).execute()

    assert DeadLetter.objects.get().args == ["untold"]


def test_doubled_messages_do_not_add_to_the_retries(worker: Process) -> None:
    call = TaskCall.objects.create(task=stumble_then_run.name, args=["doubled", 99])
    for _ in range(3):
        publish(call.next_message())

    wait_with_recovery(DeadLetter.objects.first)
    wait_for_the_end()

    assert runs("doubled") == 3


def test_neither_do_those_that_no_row_stands_behind(worker: Process) -> None:
    task_id = uuid()
    for _ in range(2):
        stumble_then_run.apply_async(["bare and doubled", 99], task_id=task_id)
    wait_until(lambda: TaskCall.objects.filter(failures=2).exists())

    wait_for_the_end()

    assert runs("bare and doubled") == 3


def test_a_doubled_message_runs_once(worker: Process) -> None:
    call = TaskCall.objects.create(task=stumble_then_run.name, args=["once", 0])
    for _ in range(5):
        publish(call.next_message())
    stumble_then_run.delay_on_commit("afterwards", 0)

    wait_for_the_end()

    assert (runs("once"), runs("afterwards")) == (1, 1)


def test_a_message_that_no_row_stands_behind_gets_one_for_its_retries(worker: Process) -> None:
    stumble_then_run.delay("sent bare", 2)

    wait_until(lambda: TaskCall.objects.filter(failures=1).exists())
    wait_for_the_end()

    assert runs("sent bare") == 3


def test_an_unexpected_error_is_not_retried(worker: Process) -> None:
    break_down.delay_on_commit("breaks")

    letter = wait_until(DeadLetter.objects.first)
    assert runs("breaks") == 1
    assert "ZeroDivisionError" in letter.traceback


def test_a_double_without_a_row_that_breaks_leaves_no_letter_beside_the_row() -> None:
    task_id = uuid()
    TaskCall.objects.create(pk=task_id, task=break_down.name, args=["doubled"])

    arrived(Message(break_down, ["doubled"], {}, {"task_id": task_id})).execute()

    assert runs("doubled") == 1
    assert not DeadLetter.objects.exists()


def test_an_expected_end_leaves_nothing(worker: Process) -> None:
    turn_down.delay_on_commit("no")

    first_run("no")
    wait_for_the_end()
    assert not TaskCall.objects.exists()
    assert not DeadLetter.objects.exists()


def test_a_rejected_call_leaves_a_dead_letter(worker: Process) -> None:
    refuse.delay_on_commit("this")

    letter = wait_until(DeadLetter.objects.first)
    assert (letter.args, runs("this")) == (["this"], 1)
    assert "this is not for us" in letter.error


def test_so_does_a_rejected_message_whether_or_not_the_broker_keeps_such(worker: Process) -> None:
    refuse.delay("that")

    letter = wait_with_recovery(DeadLetter.objects.first)
    assert (letter.task, letter.args, runs("that")) == (refuse.name, ["that"], 1)
    assert "rejected" in letter.error


@pytest.mark.parametrize("has_row", [True, False])
def test_a_task_that_would_replace_itself_is_told_what_to_do_instead(has_row: bool) -> None:
    if has_row:
        message = TaskCall.objects.create(task=make_way.name, args=["this"]).next_message()
    else:
        message = Message(make_way, ["this"], {}, {"task_id": uuid()})

    arrived(message).execute()

    letter = DeadLetter.objects.get()
    assert "can't replace itself: use self.retry(args=...)" in letter.error
    assert runs("this replaced") == 0


def test_a_task_may_send_itself_again_under_its_id(worker: Process) -> None:
    send_again.delay("again and again", 2)

    wait_until(lambda: runs("again and again") == 3)


def test_a_killed_child_costs_one_lease_and_no_retry(worker: Process) -> None:
    hold.delay_on_commit("held")
    os.kill(first_run("held").pid, signal.SIGKILL)
    Run.objects.create(name="release held", pid=0)

    wait_for_the_end()

    assert runs("held") == 2
    assert not DeadLetter.objects.exists()


def test_a_stopped_worker_hands_a_call_back_uncounted(
    start_own_worker: Callable[..., Process],
) -> None:
    own_worker = start_own_worker()
    hold.delay_on_commit("handed back")
    first_run("handed back")

    own_worker.signal(signal.SIGTERM)
    own_worker.wait()

    call = TaskCall.objects.get()
    assert (call.status, call.attempts, call.crashes) == (Work.Status.PENDING, 1, 0)


def test_a_task_that_never_ends_uses_up_its_retries(worker: Process) -> None:
    hold.apply_async_on_commit(["never ends"], soft_time_limit=0.5, time_limit=1)

    letter = wait_with_recovery(DeadLetter.objects.first)

    assert letter.error == "It took too long."
    assert runs("never ends") == 2


def test_a_message_without_a_row_that_stumbles_waits_from_the_end_of_its_pause_on(
    worker: Process,
) -> None:
    stumble_then_run.delay("bare", 1, retry_after=100)

    call = wait_until(TaskCall.objects.first)

    assert call.ready_at - timezone.now() > timedelta(seconds=50)


def test_an_id_may_be_chosen_freely(worker: Process) -> None:
    send_on_commit(stumble_then_run, ["chosen", 0], {}, task_id="order-12")

    wait_until(lambda: Run.objects.filter(name="chosen").exists())
    wait_until(lambda: not TaskCall.objects.exists())


def test_a_delay_waits_in_the_database(worker: Process) -> None:
    stumble_then_run.apply_async_on_commit(["delayed", 0], countdown=7200)

    call = TaskCall.objects.get()
    assert call.due_at
    assert call.due_at - timezone.now() > timedelta(seconds=7100)
    TaskCall.objects.update(due_at=timezone.now())
    wait_for_the_end()
    assert runs("delayed") == 1


def test_what_has_expired_meanwhile_is_not_run(worker: Process) -> None:
    stumble_then_run.apply_async_on_commit(["expired", 0], countdown=0, expires=-1)

    wait_for_the_end()

    assert runs("expired") == 0
