"""Schedules in the database."""

import pytest
from django_celery_beat.models import PeriodicTask

from background.database_scheduler import DatabaseScheduler
from config.celery import app
from config.schedule import SCHEDULE

# The scheduler closes connections, which a surrounding transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)


def start() -> DatabaseScheduler:
    return DatabaseScheduler(app=app)


def test_the_first_start_stores_the_schedule_of_the_code_with_its_expiry() -> None:
    start()

    for name, entry in SCHEDULE.items():
        row = PeriodicTask.objects.get(name=name)
        assert row.task == entry["task"]
        assert row.expire_seconds == entry["options"]["expires"]


def test_a_later_start_leaves_what_was_edited() -> None:
    start()
    name = next(iter(SCHEDULE))
    PeriodicTask.objects.filter(name=name).update(enabled=False, expire_seconds=5)

    start()

    row = PeriodicTask.objects.get(name=name)
    assert (row.enabled, row.expire_seconds) == (False, 5)
