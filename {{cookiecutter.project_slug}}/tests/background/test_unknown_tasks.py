"""Messages that no process knows what to do with."""

import pytest
from celery import current_app
from django.utils import timezone

from background.lifecycle import UNKNOWN_RETRIES
from background.models import DeadLetter, TaskCall
from tests.sample.models import Parcel, Run
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

GONE = "tests.sample.tasks.long_forgotten"


def wait_for_letter() -> DeadLetter:
    def look() -> DeadLetter | None:
        TaskCall.objects.update(due_at=timezone.now())
        return DeadLetter.objects.first()

    return wait_with_recovery(look)


def test_a_task_that_nobody_knows_ends_as_a_dead_letter_and_others_go_on(worker: Process) -> None:
    current_app.send_task(GONE, ["some name"], queue="default")
    current_app.send_task("tests.sample.tasks.stumble_then_run", ["beside", 0], queue="default")

    wait_until(lambda: Run.objects.filter(name="beside").exists())
    letter = wait_for_letter()

    assert (letter.task, letter.args) == (GONE, ["some name"])
    assert letter.error == f"No task is named {GONE} any more"


def test_a_task_that_a_process_knows_later_runs_then(worker: Process) -> None:
    current_app.send_task(GONE, ["renamed", 0], queue="default")
    call = wait_until(lambda: TaskCall.objects.filter(deferrals=1).first())
    assert UNKNOWN_RETRIES > 1

    # As if another process of a deploy had taken it up.
    TaskCall.objects.filter(pk=call.pk).update(
        task="tests.sample.tasks.stumble_then_run", due_at=timezone.now()
    )

    wait_with_recovery(lambda: Run.objects.filter(name="renamed").exists())
    wait_until(lambda: not TaskCall.objects.exists())


def test_the_message_of_a_row_whose_task_is_not_known_yet_makes_no_call(worker: Process) -> None:
    message = Parcel.objects.create(due_at=None).next_message()

    # As a worker takes it that runs the release before, in a deploy that brings the task.
    current_app.send_task(GONE, message.args, queue="default", **message.options)
    current_app.send_task("tests.sample.tasks.stumble_then_run", ["behind", 0], queue="default")

    wait_until(lambda: Run.objects.filter(name="behind").exists())
    assert not TaskCall.objects.exists()
