"""Light tasks whose process died."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from background.errors import BrokerUnavailableError
from background.models import TaskCall
from background.recovery import recover
from tests.background.light_tasks.conftest import StartLightWorker
from tests.sample.models import Run
from tests.sample.tasks import hang_at_first, note_light_run
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def lost(starts: int = 1, **values: object) -> Any:
    """A light task that a process took up, started so often, and never ended."""
    enqueued = note_light_run.enqueue("lost")
    values = {
        "status": TaskResultStatus.RUNNING,
        "started_at": ago(settings.LIGHT_TASK_LEASE_SECONDS + 1),
        "worker_ids": ["somebody"] * starts,
    } | values
    DBTaskResult.objects.filter(pk=enqueued.id).update(**values)
    return DBTaskResult.objects.get(pk=enqueued.id)


def status_of(result: Any) -> str:
    return str(DBTaskResult.objects.get(pk=result.pk).status)


def test_a_light_task_survives_the_death_of_its_process(
    start_own_light_worker: StartLightWorker, settings: Any
) -> None:
    first = start_own_light_worker()
    result = hang_at_first.enqueue("survivor")
    wait_until(lambda: Run.objects.filter(name="survivor").exists())
    first.kill()
    settings.LIGHT_TASK_LEASE_SECONDS = 0

    assert recover() == 1
    start_own_light_worker()

    wait_until(
        lambda: DBTaskResult.objects.filter(
            pk=result.id, status=TaskResultStatus.SUCCESSFUL
        ).exists()
    )
    assert Run.objects.filter(name="survivor").count() == 2


def test_one_that_may_still_be_running_is_left_alone() -> None:
    result = lost(started_at=ago(settings.LIGHT_TASK_LEASE_SECONDS - 10))

    assert recover() == 0

    assert status_of(result) == TaskResultStatus.RUNNING


def test_one_that_ends_its_process_again_and_again_is_given_up() -> None:
    result = lost(starts=settings.WORK_MAX_CRASHES)

    recover()

    assert status_of(result) == TaskResultStatus.FAILED
    result.refresh_from_db()
    assert result.finished_at
    (error,) = result.task_result.errors
    assert error.exception_class is RuntimeError
    assert error.traceback == "Its process died 5 times while working on it"


def test_one_fewer_start_is_no_reason_to_give_up() -> None:
    result = lost(starts=settings.WORK_MAX_CRASHES - 1)

    recover()

    assert status_of(result) == TaskResultStatus.READY


def test_a_broker_that_is_away_keeps_no_light_task_waiting(broker_away: None) -> None:
    result = lost()
    TaskCall.objects.create(
        task="tests.sample.tasks.break_down", args=["some name"], due_at=timezone.now()
    )

    with pytest.raises(BrokerUnavailableError):
        recover()

    assert status_of(result) == TaskResultStatus.READY
