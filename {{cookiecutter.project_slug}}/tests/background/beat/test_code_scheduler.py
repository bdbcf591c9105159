"""Schedules in the code."""

import pytest
from django.utils import timezone

from background.beat.code_scheduler import CodeScheduler
from background.models import LastTick
from config.celery import app
from config.schedule import SCHEDULE

pytestmark = pytest.mark.django_db


def test_the_schedule_of_the_code_is_loaded_and_counts_from_the_first_look() -> None:
    now = timezone.now()

    CodeScheduler(app=app).look(now)

    first_seen = dict(LastTick.objects.values_list("entry", "scheduled_at"))
    assert first_seen.items() >= dict.fromkeys(SCHEDULE, now).items()
