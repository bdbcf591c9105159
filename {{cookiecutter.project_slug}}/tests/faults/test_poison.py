"""Work that takes its process along, or that nobody can do: it ends, and the rest goes on."""

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from background.dispatch import dispatch
from background.lifecycle import UNKNOWN_RETRIES
from background.models import DeadLetter, TaskCall, Work
from tests.faults.conftest import PIECES, Expect
from tests.faults.load import Load
from tests.faults.settling import SETTLING_SECONDS
from tests.faults.site import AT_WORK, Site
from tests.sample.models import Errand, Parcel, Run
from tests.sample.tasks import break_down
from tests.support.waiting import wait_until

# How much is done beside it at a time.
PORTION = PIECES // 4
FORGOTTEN = "tests.sample.tasks.long_forgotten"
# How often a row may take a process with it before it is given up.
DEATHS = settings.WORK_MAX_CRASHES


@pytest.mark.parametrize(("victim", "ended"), [("child", 0), ("worker", DEATHS)])
def test_a_task_that_kills(
    victim: str, ended: int, load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()

    poison = poisonous(f"kill {victim}")
    work_beside(site, load, letters=1)

    assert DeadLetter.objects.get().error == "Its process died 5 times while working on it"
    assert runs_of(poison) == DEATHS == 5
    expect_everything_once(
        f"task kills its {victim}",
        DEATHS,
        interrupted=DEATHS * AT_WORK,
        failed={"sample.Parcel": 1},
        ended=ended,
    )


def test_tasks_that_can_not_be_done(load: Load, site: Site, expect_everything_once: Expect) -> None:
    site.start()

    greedy = poisonous("eat memory")
    with transaction.atomic():
        endless = Errand.objects.create()
        dispatch(endless)
    # What an earlier release would have sent.
    TaskCall.objects.create(task=break_down.name, args=["one", "too many"], due_at=timezone.now())
    current_app.send_task(FORGOTTEN, ["a name"], queue="default")
    work_beside(site, load, letters=4)

    errors = dict(DeadLetter.objects.values_list("task", "error"))
    assert errors["tests.sample.tasks.deliver"] == "MemoryError"
    assert errors["tests.sample.tasks.run_in_circles"] == "It took too long."
    assert "positional argument" in errors[break_down.name]
    assert "No task is named" in errors[FORGOTTEN]
    assert (runs_of(greedy), runs_of(endless)) == (1, 2)
    tries = {call.task: call.deferrals for call in TaskCall.objects.filter(deferrals__gt=0)}
    assert tries == dict.fromkeys([break_down.name, FORGOTTEN], UNKNOWN_RETRIES)
    expect_everything_once(
        "tasks that can not be done",
        4,
        failed={"sample.Parcel": 1, "sample.Errand": 1, "background.TaskCall": 2},
    )


def poisonous(behaviour: str) -> Parcel:
    """A row that behaves like this, on its way."""
    with transaction.atomic():
        parcel = Parcel.objects.create(behaviour=behaviour)
        dispatch(parcel)
    return parcel


def runs_of(work: Work) -> int:
    """How often a process began with it."""
    return Run.objects.filter(name=str(work.pk)).count()


def work_beside(site: Site, load: Load, letters: int) -> None:
    """Have other work done, one portion after another, until there are so many dead letters.

    Dead workers are replaced meanwhile, and long waits cut short.
    """

    def look() -> bool:
        site.replace_dead_workers()
        if load.done == load.pieces:
            load.start(PORTION)
        waiting = TaskCall.objects.filter(deferrals__gt=0, status=Work.Status.PENDING)
        waiting.update(due_at=timezone.now())
        return DeadLetter.objects.count() >= letters

    wait_until(look, SETTLING_SECONDS, every=0.2)
    assert load.done >= PORTION // 2, "Nothing was done beside it"
