"""Messages that no process knows what to do with."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app, uuid
from django.db import DataError
from django.utils import timezone

from background import calls
from background.arrivals import Arrival
from background.lifecycle import UNKNOWN_RETRIES
from background.models import ATTEMPT, DeadLetter, TaskCall
from tests.sample.models import Parcel, Run
from tests.sample.tasks import break_down, lengthen
from tests.support.processes import Process
from tests.support.recovering import wait_for_letter, wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

GONE = "tests.sample.tasks.long_forgotten"


def become_known(task: str) -> None:
    """As if another process of a deploy had taken up what waits."""
    wait_until(lambda: TaskCall.objects.filter(deferrals=1).exists())
    TaskCall.objects.update(task=f"tests.sample.tasks.{task}", due_at=timezone.now())


def test_a_task_that_nobody_knows_ends_as_a_dead_letter_and_others_go_on(worker: Process) -> None:
    current_app.send_task(GONE, ["some name"], queue="default")
    current_app.send_task("tests.sample.tasks.stumble_then_run", ["beside", 0], queue="default")

    wait_until(lambda: Run.objects.filter(name="beside").exists())
    letter = wait_for_letter()

    assert (letter.task, letter.args) == (GONE, ["some name"])
    assert letter.error == f"No task is named {GONE} any more"


def test_a_task_that_a_process_knows_later_runs_then(worker: Process) -> None:
    assert UNKNOWN_RETRIES > 1
    current_app.send_task(GONE, ["renamed", 0], queue="default")
    become_known("stumble_then_run")

    wait_with_recovery(lambda: Run.objects.filter(name="renamed").exists())
    wait_until(lambda: not TaskCall.objects.exists())


def test_the_message_of_a_row_whose_task_is_not_known_yet_makes_no_call(worker: Process) -> None:
    message = Parcel.objects.create(due_at=None).next_message()

    # As a worker takes it that runs the release before, in a deploy that brings the task.
    current_app.send_task(GONE, message.args, queue="default", **message.options)
    current_app.send_task("tests.sample.tasks.stumble_then_run", ["behind", 0], queue="default")

    wait_until(lambda: Run.objects.filter(name="behind").exists())
    assert not TaskCall.objects.exists()


def test_arguments_that_the_code_does_not_take_end_as_a_dead_letter(worker: Process) -> None:
    current_app.send_task(break_down.name, ["some name"], {"much": True}, queue="default")

    letter = wait_for_letter()

    assert (letter.task, letter.kwargs) == (break_down.name, {"much": True})
    assert "unexpected keyword argument 'much'" in letter.error
    assert not Run.objects.exists()


@pytest.mark.parametrize("sent", ["by its row", "without a row"])
def test_arguments_that_a_process_takes_later_are_run_then(worker: Process, sent: str) -> None:
    # As a web server sends it that runs the next release, in a deploy that adds an argument.
    args = ["later", 0]
    options: dict[str, Any] = {}
    if sent == "by its row":
        call = TaskCall.objects.create(task=break_down.name, args=args, due_at=None)
        options = {"task_id": str(call.pk), "headers": {ATTEMPT: 1}}
    current_app.send_task(break_down.name, args, queue="default", **options)
    become_known("stumble_then_run")

    wait_with_recovery(lambda: Run.objects.filter(name="later").exists())
    wait_until(lambda: not TaskCall.objects.exists())
    assert not DeadLetter.objects.exists()


def test_what_celery_writes_in_a_way_of_its_own_comes_back_as_it_was(worker: Process) -> None:
    number = uuid4()
    current_app.send_task(GONE, [number, 0], queue="default")
    become_known("stumble_then_run")

    wait_with_recovery(lambda: Run.objects.filter(name=str(number)).exists())


@pytest.mark.parametrize(
    ("options", "last"),
    [
        ({"chain": [lengthen.s("four"), lengthen.s("three")]}, "one two three four"),
        ({"link": lengthen.s("linked")}, "one two linked"),
    ],
)
def test_what_follows_it_follows_then(
    worker: Process, options: dict[str, object], last: str
) -> None:
    current_app.send_task(GONE, ["one", "two"], queue="default", **options)
    become_known("lengthen")

    wait_with_recovery(lambda: Run.objects.filter(name=last).exists())


def test_the_letter_holds_the_rest_of_its_chain(worker: Process) -> None:
    current_app.send_task(GONE, queue="default", chain=[lengthen.s("three")])

    letter = wait_for_letter()

    assert [step["args"] for step in letter.options["chain"]] == [["three"]]


def test_who_is_told_of_its_end_is_kept(worker: Process) -> None:
    callbacks = {"link_error": lengthen.s("not"), "chord": lengthen.s("all")}
    current_app.send_task(GONE, queue="default", **callbacks)

    call = wait_until(TaskCall.objects.first)

    assert [each["args"] for each in call.options["link_error"]] == [["not"]]
    assert call.options["chord"]["args"] == ["all"]


def test_the_first_member_of_a_group_stays_the_first() -> None:
    message = current_app.amqp.as_task_v2(uuid(), GONE, group_id=uuid(), group_index=0)

    calls.put_off(Arrival(message.headers, *message.body), LookupError("Not here"))

    assert TaskCall.objects.get().options["group_index"] == 0


def test_it_waits_for_its_time_and_expires_at_its_time() -> None:
    # Not through the broker: RabbitMQ would keep it for so long.
    message = current_app.amqp.as_task_v2(uuid(), GONE, countdown=600, expires=1200)

    calls.put_off(Arrival(message.headers, *message.body), LookupError("Not here"))

    call = TaskCall.objects.get()
    assert timedelta(seconds=500) < call.due_at - timezone.now() < timedelta(seconds=601)
    assert (call.ready_at, call.deferrals) == (call.due_at, 0)
    assert call.expires_at - call.due_at == timedelta(seconds=600)


def test_arguments_that_no_row_takes_leave_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**columns: object) -> None:
        raise DataError("unsupported Unicode escape sequence")

    monkeypatch.setattr(TaskCall.objects, "get_or_create", refuse)
    message = current_app.amqp.as_task_v2(uuid(), GONE, ["a\x00b"])

    calls.put_off(Arrival(message.headers, *message.body), LookupError("Not here"))

    letter = DeadLetter.objects.get()
    assert (letter.task, letter.args) == (GONE, [r"a\x00b"])
