"""Who has a tick, and what becomes of it."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from celery.schedules import schedule
from django.db import OperationalError, connection, connections

from background.beat.scheduler import (
    LEAD_KEY,
    LOOK_EVERY,
    PAUSE_AFTER_TROUBLE,
    ClaimingScheduler,
    tick_id,
)
from background.models import LastTick, TaskCall
from config.celery import app
from fastdata.connection import data
from operations.servers.ports import free_port
from tests.support.recovering import wait_for_letter

# The broker is away, so that no worker takes what was sent before it was looked at.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("broker_away")]

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOURLY = schedule(timedelta(hours=1))
A_MINUTE = timedelta(minutes=1)


def beat(task: str = "tests.sample.tasks.note_tick", **entry: Any) -> ClaimingScheduler:
    """A Beat with one entry, which nobody has seen before unless the test says so."""
    scheduler = ClaimingScheduler(app=app, lazy=True)
    scheduler.update_from_dict({"entry": {"task": task, "schedule": HOURLY, **entry}})
    return scheduler


def last_tick(at: datetime) -> None:
    LastTick.objects.update_or_create(entry="entry", defaults={"scheduled_at": at})


def test_a_new_entry_waits_for_its_first_tick() -> None:
    beat().look(NOON + A_MINUTE)
    assert not TaskCall.objects.exists()

    beat().look(NOON + timedelta(minutes=61))

    assert TaskCall.objects.get().pk == tick_id("entry", NOON + timedelta(hours=1))


def test_a_tick_is_sent_once_however_many_beats_look() -> None:
    last_tick(NOON - A_MINUTE)

    for late in range(10):
        beat().look(NOON + timedelta(seconds=late))

    assert TaskCall.objects.get().pk == tick_id("entry", NOON)


def test_a_beat_whose_clock_is_off_by_seconds_sends_nothing_twice() -> None:
    last_tick(NOON - A_MINUTE)

    for skew in (2, -3, 0, 3, -2):
        beat().look(NOON + timedelta(seconds=skew))

    assert TaskCall.objects.count() == 1


def test_of_beats_that_look_at_the_same_moment_one_has_the_tick() -> None:
    last_tick(NOON - A_MINUTE)
    together = Barrier(8)

    def look(_: int) -> bool:
        scheduler = beat()
        entry = scheduler.schedule["entry"]
        together.wait()
        try:
            return scheduler.claim(entry, NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(look, range(8))) == 1


def test_of_several_missed_ticks_the_last_is_sent() -> None:
    last_tick(NOON - timedelta(days=3))

    beat().look(NOON + A_MINUTE)

    assert TaskCall.objects.get().pk == tick_id("entry", NOON)


def test_expiry_counts_from_the_scheduled_time() -> None:
    last_tick(NOON - A_MINUTE)

    beat(options={"expires": 7 * 86400 * 365}).look(NOON + A_MINUTE)

    assert TaskCall.objects.get().expires_at == NOON + timedelta(days=7 * 365)


def test_a_tick_that_is_older_than_its_expiry_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    last_tick(NOON - A_MINUTE)

    for _ in range(3):
        beat(options={"expires": 60}).look(NOON + A_MINUTE)

    assert not TaskCall.objects.exists()
    assert caplog.text.count("is too late and left out") == 1


def test_arguments_and_options_go_along() -> None:
    last_tick(NOON - A_MINUTE)

    beat(args=["some name"], kwargs={"stumbles": 0}, options={"priority": 3}).look(NOON)

    call = TaskCall.objects.get()
    assert (call.args, call.kwargs) == (["some name"], {"stumbles": 0})
    assert call.options == {"priority": 3}


def test_a_tick_is_kept_while_the_broker_is_away() -> None:
    last_tick(NOON - A_MINUTE)

    assert beat().tick() == LOOK_EVERY

    assert TaskCall.objects.get().status == TaskCall.Status.PENDING


def test_an_entry_whose_task_is_gone_leaves_a_dead_letter_for_a_tick() -> None:
    last_tick(NOON - A_MINUTE)

    for _ in range(3):
        beat(task="long.forgotten").look(NOON)

    assert wait_for_letter().error == "No task is named long.forgotten any more"


def test_so_does_one_whose_task_takes_other_arguments() -> None:
    last_tick(NOON - A_MINUTE)
    beat(args=["one too many"]).look(NOON)

    assert "takes 1 positional argument but 2 were given" in wait_for_letter().error


def test_arguments_that_are_no_json_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    last_tick(NOON - A_MINUTE)

    for _ in range(3):
        beat(args=[NOON]).look(NOON)

    assert caplog.text.count("can't be sent: Object of type datetime is not JSON") == 1


def test_beat_carries_on_when_the_database_is_back(caplog: pytest.LogCaptureFixture) -> None:
    last_tick(NOON - A_MINUTE)
    scheduler = beat()

    def away(*_: Any) -> None:
        raise OperationalError("The server closed the connection")

    with connection.execute_wrapper(away):
        assert scheduler.tick() == PAUSE_AFTER_TROUBLE
        assert not data().exists(LEAD_KEY)
    assert "Beat can't look at what is due: The server closed" in caplog.text

    assert scheduler.tick() == LOOK_EVERY
    assert TaskCall.objects.count() == 1


def test_a_beat_that_can_not_tell_whether_it_leads_looks(settings: Any) -> None:
    settings.REDIS_DATA_URL = f"redis://127.0.0.1:{free_port()}"
    last_tick(NOON - A_MINUTE)

    for _ in range(2):
        beat().tick()

    assert TaskCall.objects.count() == 1


def test_a_standby_does_not_look() -> None:
    last_tick(NOON - A_MINUTE)
    data().set(LEAD_KEY, "another Beat's")

    beat().tick()

    assert not TaskCall.objects.exists()


def test_the_roles_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    leader, standby = beat(), beat()

    for _ in range(3):
        leader.tick()
        standby.tick()
    assert caplog.text.count("This Beat leads") == 1
    assert caplog.text.count("this one stands by") == 1

    leader.close()
    standby.tick()
    assert caplog.text.count("This Beat leads") == 2


def test_a_stop_that_gets_lost_amid_a_look_ends_beat_at_the_next() -> None:
    scheduler = beat()

    def stop(*_: Any) -> None:
        scheduler.close()
        try:
            raise SystemExit
        finally:
            raise OperationalError("Cannot operate on a closed database")

    with connection.execute_wrapper(stop):
        assert scheduler.tick() == PAUSE_AFTER_TROUBLE

    with pytest.raises(SystemExit):
        scheduler.tick()
