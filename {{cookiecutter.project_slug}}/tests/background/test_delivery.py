"""Rows of work in the hands of a real worker."""

import os
import signal
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import transaction

from background.dispatch import dispatch
from background.models import DeadLetter, Work
from background.publishing import publish
from background.recovery import recover
from config.queues import Queue
from tests.operations.watching import is_alive
from tests.sample.models import Errand, Parcel, Run
from tests.support.broker import Broker
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

StartWorker = Callable[[], Process]

pytestmark = pytest.mark.django_db(transaction=True)


def send(behaviour: str = "deliver") -> Parcel:
    with transaction.atomic():
        parcel = Parcel.objects.create(behaviour=behaviour)
        dispatch(parcel)
    return parcel


def wait_for[W: Work](work: W, *statuses: str) -> W:
    """The row, as soon as it is in one of these states; recovery runs meanwhile."""

    def look() -> W | None:
        work.refresh_from_db()
        return work if work.status in statuses else None

    return wait_with_recovery(look)


def wait_for_end[W: Work](work: W) -> W:
    return wait_for(work, Work.Status.COMPLETE, Work.Status.FAILED)


def runs_of(work: Work) -> int:
    return Run.objects.filter(name=str(work.pk)).count()


def first_run(parcel: Parcel) -> Run:
    return wait_until(lambda: Run.objects.filter(name=str(parcel.pk)).first())


def test_a_committed_row_is_done(worker: Process) -> None:
    parcel = wait_for_end(send())

    assert parcel.status == Work.Status.COMPLETE
    assert (parcel.deliveries.count(), runs_of(parcel)) == (1, 1)
    assert parcel.finished_at


def test_a_rolled_back_row_starts_nothing(worker: Process) -> None:
    with transaction.atomic():
        parcel = Parcel.objects.create()
        dispatch(parcel)
        transaction.set_rollback(True)

    wait_for_end(send())
    assert runs_of(parcel) == 0


def test_a_doubled_message_is_done_once(worker: Process) -> None:
    parcel = Parcel.objects.create()

    for _ in range(5):
        publish(parcel.next_message())
    wait_for_end(parcel)
    wait_for_end(send())

    assert (parcel.deliveries.count(), runs_of(parcel)) == (1, 1)


def test_a_row_that_stumbles_twice_is_done_at_the_third_attempt(worker: Process) -> None:
    parcel = wait_for_end(send("stumble twice"))

    assert parcel.status == Work.Status.COMPLETE
    assert (parcel.attempts, parcel.failures, parcel.error) == (3, 2, "")
    assert runs_of(parcel) == 3


def test_a_row_that_always_stumbles_runs_exactly_as_often_as_allowed(worker: Process) -> None:
    parcel = wait_for_end(send("stumble"))

    assert parcel.status == Work.Status.FAILED
    assert runs_of(parcel) == 4
    assert parcel.sender_told
    assert DeadLetter.objects.get().args == [str(parcel.pk), 4]


def test_an_expected_end_leaves_its_reason_and_no_dead_letter(worker: Process) -> None:
    parcel = wait_for_end(send("unknown address"))

    assert (parcel.status, parcel.error) == (Work.Status.FAILED, "Nobody lives there")
    assert (runs_of(parcel), DeadLetter.objects.count()) == (1, 0)


def test_an_unexpected_error_leaves_a_dead_letter_with_its_traceback(worker: Process) -> None:
    parcel = wait_for_end(send("break"))

    assert (parcel.status, runs_of(parcel)) == (Work.Status.FAILED, 1)
    assert "ZeroDivisionError: The van broke" in DeadLetter.objects.get().traceback


def test_progress_is_kept(worker: Process) -> None:
    parcel = wait_for_end(send("report"))

    assert (parcel.progress_current, parcel.progress_total) == (3, 10)


def test_a_row_held_back_waits_until_it_is_dispatched(worker: Process) -> None:
    parcel = Parcel.objects.create(due_at=None)
    recover()
    wait_for_end(send())
    assert runs_of(parcel) == 0

    dispatch(parcel)

    assert wait_for_end(parcel).status == Work.Status.COMPLETE


def test_work_longer_than_its_lease_is_kept_by_the_heartbeat(worker: Process) -> None:
    parcel = send("wait")
    started = first_run(parcel).at

    def two_leases_have_passed() -> bool:
        recover()
        parcel.refresh_from_db()
        assert parcel.due_at
        return (parcel.due_at - started).total_seconds() > 2 * settings.WORK_LEASE_SECONDS

    wait_until(two_leases_have_passed)
    Parcel.objects.filter(pk=parcel.pk).update(behaviour="deliver")

    assert wait_for_end(parcel).status == Work.Status.COMPLETE
    assert (parcel.crashes, runs_of(parcel)) == (0, 1)


def test_a_killed_child_costs_one_lease_and_no_retry(worker: Process) -> None:
    parcel = send("wait")
    os.kill(first_run(parcel).pid, signal.SIGKILL)
    Parcel.objects.filter(pk=parcel.pk).update(behaviour="deliver")

    assert wait_for_end(parcel).status == Work.Status.COMPLETE
    assert (parcel.crashes, parcel.failures, parcel.deliveries.count()) == (1, 0, 1)


def test_work_that_never_ends_uses_up_its_retries(worker: Process) -> None:
    with transaction.atomic():
        errand = Errand.objects.create()
        dispatch(errand)

    errand = wait_for_end(errand)

    assert (errand.status, errand.error) == (Work.Status.FAILED, "It took too long.")
    assert (errand.failures, errand.crashes, runs_of(errand)) == (1, 0, 2)
    assert DeadLetter.objects.get().args == [str(errand.pk), 2]


def test_what_an_emptied_broker_lost_is_sent_again(
    broker: Broker, start_own_worker: StartWorker
) -> None:
    parcel = send()
    assert broker.waiting(Queue.DEFAULT) == 1

    broker.purge()
    assert broker.waiting(Queue.DEFAULT) == 0
    start_own_worker()

    assert wait_for_end(parcel).status == Work.Status.COMPLETE


def test_a_killed_worker_loses_nothing(start_own_worker: StartWorker) -> None:
    own_worker = start_own_worker()
    parcels = [send("wait") for _ in range(4)]
    wait_until(lambda: Run.objects.count() == 2)

    own_worker.kill()
    Parcel.objects.update(behaviour="deliver")
    start_own_worker()

    for parcel in parcels:
        assert wait_for_end(parcel).status == Work.Status.COMPLETE
        assert (parcel.failures, parcel.deliveries.count()) == (0, 1)


@pytest.mark.parametrize("behaviour", ["wait", "ask and ask"])
def test_a_stopped_worker_hands_its_work_back_uncounted(
    start_own_worker: StartWorker, behaviour: str
) -> None:
    own_worker = start_own_worker()
    # Whoever asks and asks is almost always in the middle of a query.
    parcel = send(behaviour)
    first_run(parcel)

    own_worker.signal(signal.SIGTERM)
    own_worker.wait()

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.PENDING
    assert (parcel.attempts, parcel.crashes, parcel.failures) == (1, 0, 0)


def test_work_that_ignores_the_stop_is_ended_and_taken_up_again(
    start_own_worker: StartWorker,
) -> None:
    start_own_worker()
    parcel = send("ignore the stop")
    first = first_run(parcel)

    os.kill(first.pid, signal.SIGQUIT)
    other_runs = Run.objects.filter(name=str(parcel.pk)).exclude(pk=first.pk)
    second = wait_with_recovery(other_runs.first)

    assert second.pid != first.pid
    assert not is_alive(first.pid)
    Parcel.objects.update(behaviour="deliver")
    assert wait_for_end(parcel).status == Work.Status.COMPLETE
    assert (parcel.crashes, parcel.deliveries.count()) == (1, 1)
