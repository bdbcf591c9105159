"""The ticks of a Beat with the settings of tests/support/ticking.py, as far as they ran."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from background.beat.occurrences import EPOCH
from background.beat.scheduler import tick_id
from tests.sample.models import Run
from tests.support.ticking import ENTRY, PERIOD_SECONDS
from tests.support.waiting import wait_until

PERIOD = timedelta(seconds=PERIOD_SECONDS)


class TickRun(NamedTuple):
    """A run of the task of a tick."""

    scheduled_at: datetime
    began_at: datetime


class Ticks:
    """The ticks from now on."""

    def __init__(self) -> None:
        self._first = EPOCH + (timezone.now() - EPOCH) // PERIOD * PERIOD

    def runs(self) -> list[TickRun]:
        """Every run so far, by scheduled time; raises KeyError if anything else ran."""
        runs = list(Run.objects.all())
        count = (timezone.now() - self._first) // PERIOD + 1
        due = [self._first + number * PERIOD for number in range(count)]
        ticks = {str(tick_id(ENTRY, scheduled_at)): scheduled_at for scheduled_at in due}
        return sorted(TickRun(ticks[run.name], run.at) for run in runs)

    def wait_for(self, number: int, *, since: datetime) -> list[TickRun]:
        """The runs of the ticks scheduled after `since`, as soon as there are so many."""

        def enough() -> list[TickRun]:
            runs = [run for run in self.runs() if run.scheduled_at > since]
            return runs if len(runs) >= number else []

        return wait_until(enough)


def twice(runs: Sequence[TickRun]) -> int:
    """How many of the runs were of a tick that had run already."""
    return len(runs) - len({run.scheduled_at for run in runs})
