"""Real Beats beside each other; what they send is counted by a real worker.

What becomes of the ticks when one of them is killed, tests/faults/test_beats.py counts.
"""

import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from celery import current_app
from celery.schedules import crontab
from django.utils import timezone

from background.beat.scheduler import LEAD_SECONDS, ClaimingScheduler, Role, tick_id
from background.models import LastTick, TaskCall
from config.processes import processes
from operations.servers.ports import free_port
from tests.sample.models import Run
from tests.support.processes import Process
from tests.support.ticks import Ticks, twice
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

type StartBeat = Callable[..., Process]


@pytest.fixture
def start_beat(transactional_db: None, tmp_path: Path) -> Iterator[StartBeat]:
    """Start a Beat with an entry of every three seconds; variables of its own by keyword."""
    started: list[Process] = []

    def start(**env: str) -> Process:
        command = list(processes(port=0)["beat"].command)
        settings = {"DJANGO_SETTINGS_MODULE": "tests.support.ticking"}
        started.append(Process("beat", command, tmp_path, settings | env))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def ticks() -> Ticks:
    """The ticks since the test began."""
    return Ticks()


def test_a_leader_that_is_stopped_hands_over_at_once(
    worker: Process, start_beat: StartBeat, ticks: Ticks
) -> None:
    leader = start_beat()
    leader.wait_for_output(Role.LEADER)
    standby = start_beat()
    standby.wait_for_output(Role.STANDBY)

    leader.signal(signal.SIGTERM)
    leader.wait()
    stopped_at = timezone.now()
    standby.wait_for_output(Role.LEADER)

    assert timezone.now() - stopped_at < timedelta(seconds=LEAD_SECONDS / 2)
    ticks.wait_for(2, since=stopped_at)
    assert twice(ticks.runs()) == 0


def test_without_redis_both_look_and_no_tick_is_sent_twice(
    worker: Process, start_beat: StartBeat, ticks: Ticks
) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}"
    for beat in [start_beat(REDIS_DATA_URL=nowhere) for _ in range(2)]:
        beat.wait_for_output(Role.UNSURE)

    both_look = timezone.now()

    ticks.wait_for(5, since=both_look)
    assert twice(ticks.runs()) == 0


def test_a_beat_started_anew_does_not_repeat_the_tick_of_this_minute(worker: Process) -> None:
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    LastTick.objects.create(entry="entry", scheduled_at=minute - timedelta(minutes=1))

    for _ in range(3):
        anew = ClaimingScheduler(app=current_app, lazy=True)
        anew.add(name="entry", task="tests.sample.tasks.note_tick", schedule=crontab())
        anew.look(now)
    wait_until(lambda: Run.objects.exists() and not TaskCall.objects.exists())

    assert Run.objects.get().name == str(tick_id("entry", minute))
