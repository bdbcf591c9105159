"""The pool of a worker whose children end, or do not, and of one that fails itself."""

import os
import signal
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from celery.concurrency.asynpool import AsynPool
from celery.exceptions import WorkerShutdown
from celery.platforms import EX_FAILURE
from django.db import transaction
from kombu.asynchronous import Hub

from background.dispatch import dispatch
from background.models import Work
from background.pool import Pool
from tests.operations.watching import descendants
from tests.sample.models import Parcel, Run
from tests.support.processes import Process
from tests.support.waiting import wait_until

# As the stock pool leaves it.
ENDED = SimpleNamespace(_sentinel_poll=None)


def send_parcel(behaviour: str) -> None:
    with transaction.atomic():
        dispatch(Parcel.objects.create(behaviour=behaviour))


def test_the_stock_pool_stumbles_over_a_child_that_has_ended() -> None:
    pool = AsynPool.__new__(AsynPool)

    with pytest.raises(ValueError, match="file descriptor is None"):
        pool._track_child_process(ENDED, Hub())


def test_ours_passes_over_it() -> None:
    pool = Pool.__new__(Pool)

    assert pool._track_child_process(ENDED, Hub()) is None


@pytest.mark.django_db(transaction=True)
def test_a_child_that_has_ended_is_replaced(start_own_worker: Callable[..., Process]) -> None:
    worker = start_own_worker()
    before = wait_until(lambda: descendants(worker.pid))

    os.kill(before[0], signal.SIGKILL)

    wait_until(lambda: len({*descendants(worker.pid)} - {before[0]}) == len(before))
    assert worker.is_running


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_stops_does_not_wait_for_a_child_that_hangs(
    start_own_worker: Callable[..., Process],
) -> None:
    worker = start_own_worker()
    child, *_ = wait_until(lambda: descendants(worker.pid))
    os.kill(child, signal.SIGSTOP)

    worker.signal(signal.SIGTERM)

    worker.wait()
    assert not descendants(worker.pid)


@pytest.mark.parametrize(
    ("reason", "told"), [(RuntimeError("It failed"), [signal.SIGTERM]), (WorkerShutdown(0), [])]
)
def test_children_are_stopped_where_the_worker_has_failed_and_not_where_it_was_asked_to_end(
    monkeypatch: pytest.MonkeyPatch, reason: BaseException, told: list[signal.Signals]
) -> None:
    pool = Pool.__new__(Pool)
    signals: list[signal.Signals] = []
    monkeypatch.setattr(AsynPool, "join", lambda _: None)
    monkeypatch.setattr(pool, "_signal_children", signals.append)

    try:
        raise reason
    except BaseException:
        # As Celery stops its worker.
        pool.join()

    assert signals == told


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_fails_itself_ends_though_it_has_work(
    start_own_worker: Callable[..., Process],
) -> None:
    worker = start_own_worker()
    send_parcel("wait")
    wait_until(Run.objects.exists)

    send_parcel("confuse worker")

    assert worker.wait() == EX_FAILURE
    assert "Unrecoverable error: UnpicklingError" in worker.output
    assert not descendants(worker.pid)
    held = Parcel.objects.get(behaviour="wait")
    assert (held.status, held.crashes) == (Work.Status.PENDING, 0)
