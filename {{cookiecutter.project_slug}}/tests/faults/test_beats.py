"""Two Beats, one of which leads: no tick is lost with it or with what it needs, none runs twice.

The ticks are those of an entry of every three seconds, and are counted where their task has run.
"""

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from background.beat.scheduler import Role
from background.models import LastTick, TaskCall
from fastdata.connection import data
from tests.faults.conftest import FAULTS, report
from tests.faults.load import Verdict
from tests.faults.servers import broker, killed
from tests.faults.settling import failed_rows, settle
from tests.faults.site import Site
from tests.support.processes import Process
from tests.support.ticking import ENTRY
from tests.support.ticks import PERIOD, TickRun, Ticks, twice
from tests.support.waiting import wait_until

# Within this time another Beat has taken over from one that was killed.
TAKEOVER = timedelta(seconds=30)
# How many ticks may pass in it.
MISSED = TAKEOVER // PERIOD
# How often one looks which tick was claimed last (seconds): more often than Beats do.
WATCH_EVERY = 0.2


@dataclass(frozen=True)
class TickVerdict(Verdict):
    """What became of the ticks that were due.

    Not among them are the `overtaken`, which passed while no Beat could look and were followed by
    another one before any could: of several missed ticks the last is sent.
    """

    overtaken: int


class Beats:
    """A leading Beat and a standby on a site with one worker, and the ticks that they claim."""

    def __init__(self, site: Site, claimed: set[datetime]) -> None:
        self._ticks = Ticks()
        self._claimed = claimed
        self._site = site
        site.environment["DJANGO_SETTINGS_MODULE"] = "tests.support.ticking"
        site.start_worker()
        self._beats = [site.start_beat() for _ in range(2)]
        wait_until(lambda: {*map(_role, self._beats)} == {Role.LEADER, Role.STANDBY})

    def kill_leader(self) -> None:
        """Kill the Beat that leads, just as it has claimed a tick."""
        leader = wait_until(lambda: next((b for b in self._beats if _role(b) == Role.LEADER), None))
        self.wait_for_claim()
        leader.kill()
        self._beats.remove(leader)

    def start_another(self) -> None:
        """Start one more, to stand by."""
        self._beats.append(self._site.start_beat())

    def wait_for_claim(self) -> datetime:
        """The scheduled time of the next tick, as soon as it is claimed."""
        next_claim = _claims().filter(scheduled_at__gt=timezone.now())
        return wait_until(next_claim.first).scheduled_at

    def wait_for_next(self, since: datetime) -> timedelta:
        """How long after a moment the first tick scheduled after it begins to run."""
        return self._ticks.wait_for(1, since=since)[0].began_at - since

    def wait_for(self, tick: datetime) -> timedelta:
        """How long it takes from now on until a tick has run; dead workers are replaced."""
        began = timezone.now()

        def has_run() -> bool:
            self._site.replace_dead_workers()
            return tick in {run.scheduled_at for run in self._ticks.runs()}

        wait_until(has_run)
        return timezone.now() - began

    def expect_every_tick_once(
        self, fault: str, slowest: timedelta, *, overtaken: int = FAULTS
    ) -> None:
        """Judge a test: each tick that was due has run, and none twice; nothing is left over.

        At most so many were `overtaken`; on a busy machine a Beat may look late now and then.
        """
        claimed = set(self._claimed)
        settle()
        verdict = judge(claimed, self._ticks.runs())
        report(fault, FAULTS, [verdict], slowest.total_seconds())
        assert (verdict.lost, verdict.twice) == (0, 0)
        assert verdict.overtaken <= overtaken
        assert failed_rows() == {}
        self._site.stop()
        assert (self._site.hung, self._site.left_over) == ([], [])


def judge(claimed: Collection[datetime], runs: Sequence[TickRun]) -> TickVerdict:
    """What became of the ticks from the first to the last one that was claimed or ran."""
    ran = {run.scheduled_at for run in runs}
    known = sorted(ran.union(claimed))
    due = (known[-1] - known[0]) // PERIOD + 1
    gaps = [later - earlier for earlier, later in pairwise(known)]
    overtaken = sum(gap // PERIOD - 1 for gap in gaps if gap < TAKEOVER)
    return TickVerdict(
        kind="tick",
        pieces=due - overtaken,
        lost=due - overtaken - len(ran),
        twice=twice(runs),
        repeated=0,
        overtaken=overtaken,
    )


@pytest.fixture
def beats(site: Site) -> Iterator[Beats]:
    """Two Beats that have begun to tick."""
    with watched_claims() as claimed:
        yield Beats(site, claimed)


@contextmanager
def watched_claims() -> Iterator[set[datetime]]:
    """The ticks that are claimed meanwhile, by their scheduled times."""
    claimed: set[datetime] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(WATCH_EVERY):
            claimed.update(_claims().values_list("scheduled_at", flat=True))
        connections.close_all()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield claimed
    finally:
        over.set()
        thread.join()


def test_the_leader_is_killed_while_another_one_stands_by(beats: Beats) -> None:
    slowest = timedelta()

    for _ in range(FAULTS):
        beats.kill_leader()
        killed_at = timezone.now()
        beats.start_another()
        slowest = max(slowest, beats.wait_for_next(killed_at))

    assert slowest < TAKEOVER
    beats.expect_every_tick_once("kill -9 of the leading Beat", slowest, overtaken=FAULTS * MISSED)


def test_redis_is_emptied_just_as_a_tick_is_claimed(beats: Beats) -> None:
    slowest = timedelta()

    for _ in range(FAULTS):
        tick = beats.wait_for_claim()
        data().flushall()
        slowest = max(slowest, beats.wait_for(tick))

    beats.expect_every_tick_once("Redis emptied, two Beats", slowest)


def test_the_broker_is_away_while_a_tick_is_due(beats: Beats) -> None:
    slowest = timedelta()

    for _ in range(FAULTS):
        # A worker that loses RabbitMQ ends what it runs, also after its effect.
        wait_until(lambda: not TaskCall.objects.exists())
        with killed(broker()):
            tick = beats.wait_for_claim()
        slowest = max(slowest, beats.wait_for(tick))

    beats.expect_every_tick_once("broker away, two Beats", slowest)


def _claims() -> QuerySet[LastTick]:
    """The row of the last claim, once there is one."""
    return LastTick.objects.filter(entry=ENTRY, claimed_at__isnull=False)


def _role(beat: Process) -> Role | None:
    """What a Beat has last said that it is; None before it says so."""
    output = beat.output
    said = {output.rfind(role): role for role in Role}
    last = max(said)
    return said[last] if last >= 0 else None
