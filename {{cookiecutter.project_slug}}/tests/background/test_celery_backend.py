"""Django's tasks on Celery."""

import pytest
from django.db import transaction
from django.tasks import TaskResult, TaskResultStatus
from django.tasks.signals import task_enqueued

from background.models import DeadLetter, TaskCall
from tests.sample.models import Run
from tests.sample.tasks import break_lightly, note_light_run
from tests.support.processes import Process
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


def test_a_light_task_is_kept_while_the_broker_is_away(broker_away: None) -> None:
    result = note_light_run.enqueue("kept")

    assert str(TaskCall.objects.get().pk) == result.id
