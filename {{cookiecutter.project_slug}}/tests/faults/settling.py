"""Rows on their way to an end: how long they may take, and how long they take."""

import time
from collections.abc import Callable, Iterable

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from background.models import Work, work_models
from tests.support.broker import Broker
from tests.support.waiting import PATIENCE, wait_until

# What the settings promise for a piece that the last fault hit (seconds): one of these times passes
# until it is taken up anew, and then another sweep of recovery's.
PROMISED_SECONDS = settings.WORK_SWEEP_SECONDS + max(
    settings.WORK_LEASE_SECONDS,
    settings.WORK_FIRST_LOOK_SECONDS,
    settings.SENDING_CLAIM_SECONDS,
    getattr(settings, "LIGHT_TASK_LEASE_SECONDS", 0),
)
# What else passes on a busy machine, such as the start of a worker in place of a dead one.
DELAY_SECONDS = 10
# No wait that a setting names is shorter: while rows end at smaller intervals, they are worked on.
SHORTEST_WAIT_SECONDS = settings.WORK_LEASE_SECONDS
# How long everything may take to end, with the work itself, on a busy machine.
SETTLING_SECONDS = PROMISED_SECONDS + PATIENCE

# Of rows of work, and of light tasks.
OPEN = (*Work.OPEN, "READY", "RUNNING")


class Recovery:
    """How long rows take to end (seconds), and for how much of it they wait: nothing ends then."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waited = 0.0
        self._began_at = self._changed_at = time.monotonic()
        self._open: dict[str, int] = {}

    def note(self, rows: dict[str, int]) -> None:
        """Take down which rows are open, by model."""
        now = time.monotonic()
        if rows == self._open:
            return
        unchanged = now - self._changed_at
        if unchanged > SHORTEST_WAIT_SECONDS:
            self.waited += unchanged
        self._open, self._changed_at = rows, now
        self.seconds = now - self._began_at


def settle(supervise: Callable[[], object] = lambda: None) -> Recovery:
    """Wait until every row is final and no message waits in a queue; how the rows recovered.

    `supervise` is called meanwhile, again and again.
    """
    recovery = Recovery()
    _wait_until_final(recovery, supervise)
    wait_until(lambda: not Broker().all_waiting, SETTLING_SECONDS, every=0.2)
    return recovery


def open_rows() -> dict[str, int]:
    """The rows that are not final, by model."""
    return _count_rows(OPEN)


def failed_rows() -> dict[str, int]:
    """The rows that ended badly, by model."""
    return _count_rows([Work.Status.FAILED])


def _wait_until_final(recovery: Recovery, supervise: Callable[[], object]) -> None:

    def look() -> bool:
        supervise()
        rows = open_rows()
        recovery.note(rows)
        return not rows

    try:
        wait_until(look, SETTLING_SECONDS, every=0.2)
    except AssertionError as error:
        raise AssertionError(f"{error}; still open: {_open_work()}") from None


def _open_work() -> list[str]:
    """What is known of the rows of work that are not final."""
    return [
        f"{work.label} {work.status}, crashes {work.crashes}, due {work.due_at}"
        for model in work_models()
        for work in model._default_manager.filter(status__in=OPEN)
    ]


def _count_rows(statuses: Iterable[str]) -> dict[str, int]:
    counts = {
        model._meta.label: model._default_manager.filter(status__in=statuses).count()
        for model in (*work_models(), *_light_tasks())
    }
    return {label: number for label, number in counts.items() if number}


def _light_tasks() -> list[type[Model]]:
    """The model of the light tasks, where the database keeps them."""
    if not apps.is_installed("django_tasks_db"):
        return []
    return [apps.get_model("django_tasks_database", "DBTaskResult")]
