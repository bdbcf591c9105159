"""Chains of tasks that start with a commit."""

from typing import Any

import pytest
from celery import Signature, chain, group, uuid
from django.db import transaction
from django.utils import timezone

from background import dead_letters
from background.dispatch import chain_on_commit
from background.models import DeadLetter, TaskCall
from background.publishing import Message
from background.recovery import recover
from tests.sample.models import Run
from tests.sample.tasks import hold, leave, lengthen, start_chain
from tests.support.messages import arrived
from tests.support.processes import Process
from tests.support.recovering import wait_for_letter, wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def wait_for_run(name: str) -> None:
    wait_with_recovery(lambda: Run.objects.filter(name=name).exists())


def test_each_step_goes_on_with_what_the_one_before_returned(worker: Process) -> None:
    with transaction.atomic():
        chain_on_commit(lengthen.s("one", "two"), lengthen.s("three"), lengthen.s("four"))
        assert TaskCall.objects.count() == 1

    wait_for_run("one two three four")
    assert set(Run.objects.values_list("name", flat=True)) == {
        "one two",
        "one two three",
        "one two three four",
    }
    wait_until(lambda: not TaskCall.objects.exists())


@pytest.mark.parametrize("canvas", [group, chain])
def test_a_step_that_is_several_tasks_is_refused(canvas: Any) -> None:
    several = canvas(lengthen.s("one"), lengthen.s("two"))

    with pytest.raises(TypeError, match="A step of a chain is one task"):
        chain_on_commit(lengthen.s("a", "b"), several)
    assert not TaskCall.objects.exists()


def test_a_rollback_starts_nothing(worker: Process) -> None:
    with transaction.atomic():
        chain_on_commit(lengthen.s("rolled", "back"), lengthen.s("twice"))
        transaction.set_rollback(True)

    chain_on_commit(lengthen.s("a", "later"), lengthen.s("one"))

    wait_for_run("a later one")
    assert not Run.objects.filter(name__startswith="rolled").exists()


def test_a_chain_that_the_broker_did_not_take_is_sent_later(broker_away: None) -> None:
    with transaction.atomic():
        chain_on_commit(lengthen.s("kept", "for"), lengthen.s("later"))

    call = TaskCall.objects.get()
    assert call.args == ["kept", "for"]
    assert [step["args"] for step in call.chain] == [["later"]]


def test_recovery_sends_the_whole_chain(worker: Process) -> None:
    with transaction.atomic():
        chain_on_commit(lengthen.s("sent", "late"), lengthen.s("but"), lengthen.s("whole"))
        # As if the process had died right after the commit.
        transaction.get_connection().run_on_commit.clear()
    TaskCall.objects.update(due_at=timezone.now())

    assert recover() == 1

    wait_for_run("sent late but whole")


def test_a_step_that_stumbles_takes_the_rest_along(worker: Process) -> None:
    chain_on_commit(lengthen.s("still", "going"), lengthen.s("stumbling"), lengthen.s("on"))

    wait_for_run("still going stumbling on")


def test_a_step_that_breaks_leaves_a_letter_which_goes_on_from_there(worker: Process) -> None:
    chain_on_commit(lengthen.s("was", "badly"), lengthen.s("broken"), lengthen.s("once"))
    letter = wait_until(DeadLetter.objects.first)
    assert letter.args == ["was badly", "broken"]

    dead_letters.replay(letter)

    wait_for_run("was badly broken once")
    assert Run.objects.filter(name="was badly").count() == 1


def test_a_step_that_is_to_be_ignored_ends_the_chain() -> None:
    chain_on_commit(leave.s("left"), lengthen.s("afterwards"))

    arrived(TaskCall.objects.get().next_message()).execute()

    assert Run.objects.get().name == "left"
    assert not TaskCall.objects.exists()


def test_a_step_without_a_row_that_takes_too_long_leaves_a_letter_with_the_rest() -> None:
    step = Message(hold, ["held"], {}, {"task_id": uuid(), "chain": [lengthen.s("on")]})

    arrived(step).on_timeout(soft=False, timeout=1)

    letter = DeadLetter.objects.get()
    assert [step["args"] for step in letter.options["chain"]] == [["on"]]


@pytest.mark.parametrize(
    ("link", "args"),
    [
        (lengthen.s("linked"), ["linked"]),
        (chain(lengthen.s("linked"), lengthen.s("on")), ["linked"]),
        (group([lengthen.s("left"), lengthen.s("right")]), ["left", "right"]),
    ],
)
def test_what_is_linked_to_a_call_is_written_with_its_end(
    broker_away: None, link: "Signature[Any]", args: list[str]
) -> None:
    lengthen.apply_async_on_commit(["one", "two"], link=link)

    arrived(TaskCall.objects.get().next_message()).execute()

    calls = TaskCall.objects.order_by("created_at")
    assert [call.args for call in calls] == [["one two", word] for word in args]
    assert not DeadLetter.objects.exists()


def test_what_is_linked_may_be_several_tasks(worker: Process) -> None:
    several = group([lengthen.s("left"), lengthen.s("right")])
    in_turn = chain(lengthen.s("far"), lengthen.s("away"))
    nested = group([chain(lengthen.s("in"), lengthen.s("deep")), lengthen.s("high")])
    links = [several, in_turn, nested]
    lengthen.apply_async_on_commit(["going", "on"], link=links)

    for way in ("left", "right", "far away", "in deep", "high"):
        wait_for_run(f"going on {way}")


def test_a_step_that_is_not_known_here_waits_for_those_who_know_it() -> None:
    chain_on_commit(lengthen.s("one", "two"), Signature("tests.sample.tasks.of_tomorrow"))

    arrived(TaskCall.objects.get().next_message()).execute()
    recover()

    waiting = TaskCall.objects.get()
    assert (waiting.task, waiting.args) == ("tests.sample.tasks.of_tomorrow", ["one two"])
    assert waiting.status == TaskCall.Status.PENDING
    assert Run.objects.get().name == "one two"


def test_a_step_with_wrong_arguments_fails_itself_and_not_the_one_before() -> None:
    chain_on_commit(lengthen.s("one", "two"), lengthen.s("too", "many"))
    arrived(TaskCall.objects.get().next_message()).execute()

    letter = wait_for_letter()

    assert letter.args == ["one two", "too", "many"]
    assert Run.objects.get().name == "one two"


def test_a_light_task_sets_a_chain_going(worker: Process) -> None:
    with transaction.atomic():
        start_chain.enqueue("committed")

    wait_for_run("committed first second")


def test_a_light_task_that_is_rolled_back_sets_none_going(worker: Process) -> None:
    with transaction.atomic():
        start_chain.enqueue("undone")
        transaction.set_rollback(True)

    start_chain.enqueue("later")

    wait_for_run("later first second")
    assert not Run.objects.filter(name__startswith="undone").exists()
