"""Work that takes its process along, or that nobody can do: it ends, and the rest goes on."""

import pytest
from celery import current_app
from django.utils import timezone

from background.models import DeadLetter, TaskCall, Work
from tests.faults.conftest import PIECES, report
from tests.faults.load import SETTLING_SECONDS, Load, wait_until_final
from tests.faults.site import Site
from tests.sample.models import Errand, Parcel, Run
from tests.sample.tasks import break_down
from tests.support.waiting import wait_until


@pytest.mark.parametrize("victim", ["child", "worker"])
def test_a_task_that_kills(victim: str, load: Load, site: Site) -> None:
    site.start()
    load.start(PIECES // 2)
    poison = poisonous(f"kill {victim}")

    wait_for_letters(site, 1)

    assert DeadLetter.objects.get().error == "Its process died 5 times while working on it"
    assert runs_of(poison) == 5
    expect_innocents_unharmed(f"task kills its {victim}", 1, load, site)


def test_tasks_that_can_not_be_done(load: Load, site: Site) -> None:
    site.start()
    load.start(PIECES // 2)
    greedy = poisonous("eat memory")
    endless = Errand.objects.create(due_at=timezone.now())
    # What an earlier release would have sent.
    TaskCall.objects.create(task=break_down.name, args=["one", "too many"], due_at=timezone.now())
    current_app.send_task("tests.sample.tasks.long_forgotten", ["a name"], queue="default")

    wait_for_letters(site, 4)

    errors = dict(DeadLetter.objects.values_list("task", "error"))
    assert errors["tests.sample.tasks.deliver"] == "MemoryError"
    assert errors["tests.sample.tasks.run_in_circles"] == "It took too long."
    assert "positional argument" in errors["tests.sample.tasks.break_down"]
    assert "No task is named" in errors["tests.sample.tasks.long_forgotten"]
    assert (runs_of(greedy), runs_of(endless)) == (1, 2)
    expect_innocents_unharmed("tasks that can not be done", 4, load, site)


def poisonous(behaviour: str) -> Parcel:
    """A row that behaves like this, already due."""
    return Parcel.objects.create(behaviour=behaviour, due_at=timezone.now())


def runs_of(work: Work) -> int:
    """How often a process began with it."""
    return Run.objects.filter(name=str(work.pk)).count()


def wait_for_letters(site: Site, number: int) -> None:
    """Wait for so many dead letters; dead workers are replaced meanwhile, long waits cut short."""

    def look() -> bool:
        site.replace_dead_workers()
        waiting = TaskCall.objects.filter(task__contains="forgotten", status=Work.Status.PENDING)
        waiting.update(due_at=timezone.now())
        return DeadLetter.objects.count() >= number

    wait_until(look, SETTLING_SECONDS)


def expect_innocents_unharmed(fault: str, letters: int, load: Load, site: Site) -> None:
    """Judge what ran beside the poison, once all of it has ended."""
    wait_until_final(site.replace_dead_workers)
    verdicts = load.judge()
    report(fault, letters, verdicts)
    assert [each for each in verdicts if each.lost or each.twice] == []
    assert DeadLetter.objects.count() == letters
    assert site.stop() == []
