"""Light tasks that failed by no fault of their own, in a process that lived on."""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from background.lifecycle import UNKNOWN_RETRIES
from background.recovery import recover
from tests.sample.tasks import note_light_run
from tests.support.outage import Outage

pytestmark = pytest.mark.django_db(transaction=True)


def begun(*workers: str, status: str = "RUNNING", error: str = "") -> Any:
    """A light task that these processes have begun, and how it stands."""
    enqueued = note_light_run.enqueue("begun")
    DBTaskResult.objects.filter(pk=enqueued.id).update(
        status=status,
        started_at=timezone.now(),
        worker_ids=workers,
        exception_class_path=error,
    )
    return DBTaskResult.objects.get(pk=enqueued.id)


def status_of(result: Any) -> str:
    return str(DBTaskResult.objects.get(pk=result.pk).status)


def run_what_is_ready() -> None:
    """Run light tasks in this process until none is ready, as `manage.py db_worker` does."""
    Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        backend_name="default",
        worker_id="we",
        interval=0,
        batch=True,
        startup_delay=False,
        max_tasks=None,
    ).run()


def test_a_process_that_lost_the_database_begins_anew_with_what_it_had(
    outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's loop is replaced, because it would take the signals of this process."""
    starts = 0

    def run(worker: Worker) -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            outage.begin()
            DBTaskResult.objects.count()

    monkeypatch.setattr(Worker, "run", run)
    monkeypatch.setattr(Worker, "configure_signals", lambda _: None)
    ours, theirs = begun("somebody", "we"), begun("we", "somebody")

    call_command("db_worker", worker_id="we", reload=False)

    assert starts == 2
    assert status_of(ours) == TaskResultStatus.READY
    assert status_of(theirs) == TaskResultStatus.RUNNING


@pytest.mark.parametrize("error", ["OperationalError", "InterfaceError"])
def test_one_that_the_database_let_down_is_ready_again(error: str) -> None:
    result = begun("we", status="FAILED", error=f"django.db.utils.{error}")

    assert recover() == 1

    assert status_of(result) == TaskResultStatus.READY


def test_one_that_it_lets_down_each_time_stays_failed() -> None:
    workers = ["we"] * settings.WORK_MAX_CRASHES
    result = begun(*workers, status="FAILED", error="django.db.utils.OperationalError")

    assert recover() == 0

    assert status_of(result) == TaskResultStatus.FAILED


def test_one_whose_process_was_stopped_at_once_is_ready_again() -> None:
    result = begun("we", status="FAILED", error="builtins.SystemExit")

    assert recover() == 1

    assert status_of(result) == TaskResultStatus.READY


@pytest.mark.parametrize("path", ["tests.sample.tasks.new_light_task", "tests.sample.new.task"])
def test_one_that_its_process_does_not_know_waits_for_one_that_does(path: str) -> None:
    result = note_light_run.enqueue("new")
    row = DBTaskResult.objects.filter(pk=result.id)
    row.update(task_path=path)
    run_what_is_ready()

    assert recover() == 1

    assert row.get().status == TaskResultStatus.READY
    assert row.get().run_after > timezone.now()
    # As if another process of a deploy had taken it up.
    row.update(task_path=note_light_run.module_path, run_after=timezone.now())
    run_what_is_ready()
    assert row.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.parametrize("error", ["ImportError", "ModuleNotFoundError"])
def test_one_that_nobody_knows_stays_failed_in_the_end(error: str) -> None:
    workers = ["we"] * (UNKNOWN_RETRIES + 1)
    result = begun(*workers, status="FAILED", error=f"builtins.{error}")

    assert recover() == 0

    assert status_of(result) == TaskResultStatus.FAILED


def test_one_fewer_start_is_no_reason_to_give_up_an_unknown_one() -> None:
    workers = ["we"] * UNKNOWN_RETRIES
    result = begun(*workers, status="FAILED", error="builtins.ImportError")

    assert recover() == 1

    assert status_of(result) == TaskResultStatus.READY


def test_one_that_failed_by_itself_stays_failed() -> None:
    result = begun("we", status="FAILED", error="builtins.ZeroDivisionError")

    assert recover() == 0

    assert status_of(result) == TaskResultStatus.FAILED
