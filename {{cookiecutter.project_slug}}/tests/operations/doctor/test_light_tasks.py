"""Light tasks that nobody runs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.operations.doctor.findings import bad_about, findings_about
from tests.sample.tasks import note_light_run

pytestmark = pytest.mark.django_db(transaction=True)

TWO_MINUTES_AGO = -timedelta(minutes=2)


def enqueued(**times: timedelta) -> None:
    """Enqueue a light task, with times of its row counted from now."""
    result = note_light_run.enqueue("waiting")
    changes = {name: timezone.now() + since for name, since in times.items()}
    DBTaskResult.objects.filter(pk=result.id).update(**changes)


def test_one_that_waits_for_long_is_told() -> None:
    enqueued(enqueued_at=TWO_MINUTES_AGO)

    [seen] = bad_about("light tasks")

    assert seen.startswith("1 wait, one for 12")
    assert seen.endswith("tests.sample.tasks.note_light_run")


@pytest.mark.parametrize("run_after", [timedelta(hours=1), timedelta(seconds=-5)])
def test_one_that_was_to_wait_is_well(run_after: timedelta) -> None:
    enqueued(enqueued_at=TWO_MINUTES_AGO, run_after=run_after)

    assert bad_about("light tasks") == []


def test_one_that_was_to_run_long_ago_is_told() -> None:
    enqueued(enqueued_at=-timedelta(hours=1), run_after=TWO_MINUTES_AGO)

    [seen] = bad_about("light tasks")

    assert seen.startswith("1 wait, one for 12")


def test_a_new_one_is_well() -> None:
    enqueued()

    [finding] = findings_about("light tasks")

    assert finding.ok
    assert finding.seen.startswith("1 wait, one for ")
