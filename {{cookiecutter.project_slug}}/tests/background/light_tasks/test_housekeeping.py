"""Light tasks that have ended: run again by hand, forgotten after a while."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.tasks import TaskResultStatus
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from background.light_tasks.tasks import prune_light_tasks
from tests.sample.tasks import break_lightly

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/admin/django_tasks_database/dbtaskresult/"


def ended(status: TaskResultStatus = TaskResultStatus.FAILED, days: int = 0, **values: Any) -> Any:
    result = break_lightly.enqueue("some name")
    DBTaskResult.objects.filter(pk=result.id).update(
        status=status, finished_at=timezone.now() - timedelta(days=days), **values
    )
    return DBTaskResult.objects.get(pk=result.id)


def run_again(staff: Client, result: Any) -> str:
    data = {"action": "run_again", "_selected_action": [result.pk]}
    return unescape(staff.post(LIST, data, follow=True).content.decode())


@pytest.mark.parametrize("status", [TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL])
def test_an_ended_task_is_run_again_as_a_new_result(
    admin_client: Client, status: TaskResultStatus
) -> None:
    old = ended(status)

    assert "1 of 1 run again" in run_again(admin_client, old)

    new = DBTaskResult.objects.exclude(pk=old.pk).get()
    assert new.status == TaskResultStatus.READY
    assert (new.task_path, new.args_kwargs) == (old.task_path, old.args_kwargs)
    old.refresh_from_db()
    assert old.status == status


def test_who_may_only_read_results_runs_none_again(client: Client) -> None:
    reader = get_user_model().objects.create_user("ann@example.com", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_dbtaskresult"))
    client.force_login(reader)
    old = ended(TaskResultStatus.FAILED)

    page = run_again(client, old)

    assert str(old.pk) in page
    assert "Run again" not in page
    assert DBTaskResult.objects.count() == 1


def test_a_task_that_has_not_ended_is_not_run_again(admin_client: Client) -> None:
    page = run_again(admin_client, ended(TaskResultStatus.RUNNING))

    assert "is RUNNING, so it is not run again" in page
    assert "0 of 1 run again" in page


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"task_path": "tests.sample.tasks.gone"}, 'Module "tests.sample.tasks" does not define'),
        ({"task_path": "long.gone"}, "No module named 'long'"),
        ({"queue_name": "closed"}, "Queue 'closed' is not valid"),
    ],
)
def test_a_task_that_is_none_any_more_is_named_with_the_reason(
    admin_client: Client, change: dict[str, str], reason: str
) -> None:
    old = ended(**change)

    page = run_again(admin_client, old)

    assert f"Can't run {old.task_path} again: {reason}" in page
    assert DBTaskResult.objects.count() == 1


def test_old_results_are_forgotten_and_failed_ones_kept_for_longer() -> None:
    for queue in ("default", "closed"):
        days = settings.LIGHT_TASK_RESULT_DAYS + 1
        ended(TaskResultStatus.SUCCESSFUL, days=days, queue_name=queue)
    ended(TaskResultStatus.FAILED, days=settings.DEAD_LETTER_DAYS + 1)
    kept = [
        ended(TaskResultStatus.SUCCESSFUL, days=settings.LIGHT_TASK_RESULT_DAYS - 1),
        ended(TaskResultStatus.FAILED, days=settings.DEAD_LETTER_DAYS - 1),
        ended(TaskResultStatus.READY),
    ]

    prune_light_tasks()

    assert set(DBTaskResult.objects.all()) == set(kept)
