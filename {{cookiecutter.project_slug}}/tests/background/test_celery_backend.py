"""Django's tasks on Celery."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.tasks import TaskResult, TaskResultStatus
from django.tasks.signals import task_enqueued
from django.utils import timezone

from background.celery_backend import run_light_task
from background.models import DeadLetter, TaskCall
from tests.sample.models import Run
from tests.sample.tasks import break_lightly, note_light_run
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_enqueued_task_is_ready_and_says_so() -> None:
    heard: list[TaskResult] = []

    def listen(task_result: TaskResult, **kwargs: object) -> None:
        heard.append(task_result)

    task_enqueued.connect(listen)
    try:
        with transaction.atomic():
            result = note_light_run.enqueue("never")
            transaction.set_rollback(True)
    finally:
        task_enqueued.disconnect(listen)

    assert result.status == TaskResultStatus.READY
    assert [r.id for r in heard] == [result.id]


def test_a_light_task_that_fails_leaves_a_dead_letter(worker: Process) -> None:
    break_lightly.enqueue("lightly")

    letter = wait_until(DeadLetter.objects.first)
    assert letter.args == ["tests.sample.tasks.break_lightly", ["lightly"], {}]
    assert Run.objects.filter(name="lightly").count() == 1


def test_a_light_task_that_a_process_knows_later_runs_then(worker: Process) -> None:
    run_light_task.delay_on_commit("tests.sample.tasks.new_light_task", ["renamed"], {})
    call = wait_until(lambda: TaskCall.objects.filter(failures=1).first())
    assert call.ready_at - timezone.now() > timedelta(seconds=2)

    # As if another process of a deploy had taken it up.
    args = [note_light_run.module_path, ["renamed"], {}]
    TaskCall.objects.update(args=args, due_at=timezone.now())

    wait_with_recovery(lambda: Run.objects.filter(name="renamed").exists())
    assert not DeadLetter.objects.exists()


def test_a_light_task_is_kept_while_the_broker_is_away(broker_away: None) -> None:
    result = note_light_run.enqueue("kept")

    assert str(TaskCall.objects.get().pk) == result.id
