"""Messages that come twice, and processes that work on what is not theirs any more."""

import os
import signal
from typing import Any

from background.models import work_models
from background.publishing import publish
from tests.faults.conftest import PIECES, Expect
from tests.faults.held import hold_a_row, process_at, release_rows
from tests.faults.load import Load
from tests.faults.settling import OPEN
from tests.faults.site import IMPATIENT, Site
from tests.sample.models import Parcel, Run
from tests.sample.tasks import stumble_then_run
from tests.support.broker import Broker
from tests.support.waiting import wait_until

TIMES = 3


def test_every_message_comes_three_times_at_once(
    load: Load, site: Site, expect_everything_once: Expect
) -> None:
    load.start(PIECES)
    # Those that were sent come one by one; now the three of each follow each other.
    Broker().purge()
    for model in work_models():
        for work in model._default_manager.filter(status__in=OPEN, due_at__isnull=False):
            for _ in range(TIMES):
                publish(work.next_message())

    site.start()

    expect_everything_once("every message three times", PIECES)


def test_a_process_that_is_frozen_past_its_lease(
    load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    load.start(PIECES // 2)
    parcel = hold_a_row()
    child = process_at(parcel.pk)

    os.kill(child, signal.SIGSTOP)
    wait_until(lambda: Run.objects.filter(name=str(parcel.pk)).count() == 2)
    release_rows()
    wait_until(lambda: Parcel.objects.get(pk=parcel.pk).is_final)
    os.kill(child, signal.SIGCONT)

    expect_everything_once("process frozen past its lease", 1)
    parcel.refresh_from_db()
    assert (parcel.attempts, parcel.crashes, parcel.deliveries.count()) == (2, 1, 1)


def test_a_delay_longer_than_the_visibility_timeout(
    load: Load, site: Site, expect_everything_once: Expect, settings: Any
) -> None:
    # As in production, where a delay that the broker may double waits in the database.
    settings.STRICT_DISPATCH = False
    settings.LONGEST_COUNTDOWN_SECONDS = 1
    for _ in range(2):
        site.start_worker(**IMPATIENT)
    site.start_light_worker()
    site.start_beat()
    load.start(PIECES // 2)

    stumble_then_run.apply_async_on_commit(["delayed", 0], countdown=8)
    stumble_then_run.apply_async(["delayed without a commit", 0], countdown=8)

    expect_everything_once("countdown longer than the visibility time-out", 1)
    for name in ("delayed", "delayed without a commit"):
        assert Run.objects.filter(name=name).count() == 1
