"""Workers that are killed, and workers that are replaced."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db.models import Count
from django.utils import timezone

from tests.faults.conftest import FAULTS, PIECES, Expect
from tests.faults.load import Load
from tests.faults.site import AT_WORK, Site
from tests.sample.models import Parcel, Run
from tests.sample.tasks import hang_at_first
from tests.support.waiting import wait_until


def hold_a_row() -> str:
    """Start a row that takes until it is released; its name among the runs."""
    return str(Parcel.objects.create(behaviour="wait", due_at=timezone.now()).pk)


def hold_a_light_task() -> str:
    """Start a light task that never ends unless it is taken up again; its name among the runs."""
    name = f"held {uuid4()}"
    hang_at_first.enqueue(name)
    return name


def release_rows() -> None:
    """Let those that are held come to their end."""
    Parcel.objects.filter(behaviour="wait").update(behaviour="deliver")


def process_at(name: str) -> int:
    """The id of the process that runs it, once one does."""
    return wait_until(lambda: Run.objects.filter(name=name).first()).pid


@pytest.mark.parametrize(
    ("victim", "hold", "kill"),
    [
        ("a pool child", hold_a_row, Site.kill_child),
        ("a worker", hold_a_row, Site.kill_worker),
        ("what runs the light tasks", hold_a_light_task, Site.kill_light_worker),
    ],
)
def test_killed_amid_a_task(
    victim: str,
    hold: Callable[[], str],
    kill: Callable[[Site, int], None],
    load: Load,
    site: Site,
    expect_everything_once: Expect,
) -> None:
    site.start()
    held = []

    for _ in range(FAULTS):
        held.append(hold())
        at_work = process_at(held[-1])
        load.get_under_way(PIECES // FAULTS)
        kill(site, at_work)
        release_rows()

    expect_everything_once(f"kill -9 of {victim}", FAULTS, interrupted=FAULTS * AT_WORK)
    assert [name for name in held if Run.objects.filter(name=name).count() < 2] == []
    assert not Parcel.objects.annotate(times=Count("deliveries")).exclude(times=1).exists()


def test_deploys_with_tasks_longer_than_the_grace(
    load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    slow = [hold_a_row() for _ in range(2)]
    wait_until(lambda: Run.objects.filter(name__in=slow).count() == len(slow))

    for _ in load.in_portions(PIECES, FAULTS):
        site.replace_worker()
    release_rows()

    expect_everything_once("SIGTERM deploy", FAULTS, interrupted=FAULTS * AT_WORK)
    assert not Parcel.objects.filter(crashes__gt=0).exists()
