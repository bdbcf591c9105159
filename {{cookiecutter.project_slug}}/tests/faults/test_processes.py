"""Workers that are killed, and workers that are replaced."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from tests.faults.conftest import FAULTS, PIECES, Expect
from tests.faults.load import Load
from tests.faults.site import AT_WORK, Site
from tests.sample.models import Parcel, Run
from tests.support.waiting import wait_until


@pytest.mark.parametrize(
    ("victim", "kill"),
    [
        ("a pool child", Site.kill_child),
        ("a worker", Site.kill_worker),
        ("what runs the light tasks", Site.kill_light_worker),
    ],
)
def test_killed(
    victim: str,
    kill: Callable[[Site], None],
    load: Load,
    site: Site,
    expect_everything_once: Expect,
) -> None:
    site.start()

    for _ in load.in_portions(PIECES, FAULTS):
        kill(site)

    expect_everything_once(f"kill -9 of {victim}", FAULTS, interrupted=FAULTS * AT_WORK)


def test_deploys_with_tasks_longer_than_the_grace(
    load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    slow = [Parcel.objects.create(behaviour="wait", due_at=timezone.now()) for _ in range(2)]
    names = [str(parcel.pk) for parcel in slow]
    wait_until(lambda: Run.objects.filter(name__in=names).count() == len(names))

    for _ in load.in_portions(PIECES, FAULTS):
        site.replace_worker()
    Parcel.objects.filter(behaviour="wait").update(behaviour="deliver")

    expect_everything_once("SIGTERM deploy", FAULTS, interrupted=FAULTS * AT_WORK)
    assert not Parcel.objects.filter(crashes__gt=0).exists()
