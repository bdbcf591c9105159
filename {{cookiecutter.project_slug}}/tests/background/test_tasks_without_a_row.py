"""Celery tasks without a row: retries, and what is left when they fail."""

from uuid import uuid4

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone

from background.models import DeadLetter, OutboxMessage
from background.recovery import recover
from tests.sample.models import Run
from tests.sample.tasks import break_down, stumble_then_run
from tests.support.processes import Process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def runs(name: str) -> int:
    return Run.objects.filter(name=name).count()


def test_a_passing_error_is_retried(worker: Process) -> None:
    stumble_then_run.delay_on_commit("stumbles twice", 2)

    wait_until(lambda: runs("stumbles twice") == 3)
    assert not DeadLetter.objects.exists()


def test_retries_that_run_out_leave_a_dead_letter(worker: Process) -> None:
    stumble_then_run.delay_on_commit("stumbles on", 99)

    letter = wait_until(DeadLetter.objects.first)
    assert runs("stumbles on") == 3
    assert (letter.args, letter.error) == (["stumbles on", 99], "Not yet")


def test_an_unexpected_error_is_not_retried(worker: Process) -> None:
    break_down.delay_on_commit("breaks")

    letter = wait_until(DeadLetter.objects.first)
    assert runs("breaks") == 1
    assert "ZeroDivisionError" in letter.traceback


def test_a_commit_stands_while_the_broker_is_away(broker_away: None) -> None:
    with transaction.atomic():
        Run.objects.create(name="business", pid=0)
        stumble_then_run.delay_on_commit("kept", 0)

    assert runs("business") == 1
    assert OutboxMessage.objects.get().args == ["kept", 0]


def test_what_the_broker_did_not_take_is_sent_once_it_is_back(worker: Process) -> None:
    message = OutboxMessage.objects.create(
        task="tests.sample.tasks.stumble_then_run",
        args=["sent late", 0],
        task_id=uuid4(),
        due_at=timezone.now(),
    )

    recover()

    wait_until(lambda: runs("sent late") == 1)
    assert not OutboxMessage.objects.filter(pk=message.pk).exists()


def test_a_message_that_was_sent_leaves_the_outbox(worker: Process) -> None:
    with transaction.atomic():
        stumble_then_run.delay_on_commit("sent", 0)
        assert OutboxMessage.objects.count() == 1

    assert not OutboxMessage.objects.exists()


def test_every_task_states_its_last_retry_and_names_what_it_retries() -> None:
    own = [task for name, task in current_app.tasks.items() if not name.startswith("celery.")]
    for task in own:
        assert task.max_retries is not None, task.name
        assert Exception not in getattr(task, "autoretry_for", ()), task.name
