"""Workers that are killed, and workers that are replaced."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db.models import Count

from tests.faults.conftest import FAULTS, PIECES, Expect
from tests.faults.held import hold_a_row, process_at, release_rows
from tests.faults.load import Load
from tests.faults.site import AT_WORK, Site
from tests.sample.models import Parcel, Run
from tests.sample.tasks import hang_at_first


def begin_a_row() -> str:
    """Start a row that is held; its name among the runs."""
    return str(hold_a_row().pk)


def begin_a_light_task() -> str:
    """Start a light task that never ends unless it is taken up again; its name among the runs."""
    name = f"held {uuid4()}"
    hang_at_first.enqueue(name)
    return name


@pytest.mark.parametrize(
    ("victim", "begin", "kill"),
    [
        ("a pool child", begin_a_row, Site.kill_child),
        ("a worker", begin_a_row, Site.kill_worker),
        ("what runs the light tasks", begin_a_light_task, Site.kill_light_worker),
    ],
)
def test_killed_amid_a_task(
    victim: str,
    begin: Callable[[], str],
    kill: Callable[[Site, int], None],
    load: Load,
    site: Site,
    expect_everything_once: Expect,
) -> None:
    site.start()
    held = []

    for _ in range(FAULTS):
        held.append(begin())
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
    for slow in [begin_a_row() for _ in range(2)]:
        process_at(slow)

    for _ in load.in_portions(PIECES, FAULTS):
        site.replace_worker()
    release_rows()

    expect_everything_once("SIGTERM deploy", FAULTS, interrupted=FAULTS * AT_WORK)
    assert not Parcel.objects.filter(crashes__gt=0).exists()
