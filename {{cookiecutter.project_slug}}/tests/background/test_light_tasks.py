"""Light tasks, whatever runs them in this project."""

import pytest
from django.db import transaction

from tests.sample.models import Run
from tests.sample.tasks import note_light_context, note_light_run
from tests.support.processes import Process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_light_task_of_a_committed_transaction_runs(worker: Process) -> None:
    with transaction.atomic():
        note_light_run.enqueue("committed")

    wait_until(lambda: Run.objects.filter(name="committed").exists())


def test_a_light_task_of_a_rolled_back_transaction_does_not(worker: Process) -> None:
    with transaction.atomic():
        note_light_run.enqueue("rolled back")
        transaction.set_rollback(True)

    note_light_run.enqueue("later")

    wait_until(lambda: Run.objects.filter(name="later").exists())
    assert not Run.objects.filter(name="rolled back").exists()


def test_a_light_task_can_look_at_its_own_result(worker: Process) -> None:
    result = note_light_context.enqueue("context of")

    wait_until(lambda: Run.objects.filter(name=f"context of {result.id}").exists())
