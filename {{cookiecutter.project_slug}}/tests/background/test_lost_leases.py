"""A process frozen past its lease: another one finishes its work, and it does nothing any more."""

import os
import signal
from collections.abc import Callable

import pytest
from django.db import transaction

from background.dispatch import chain_on_commit, dispatch
from background.models import DeadLetter, TaskCall
from tests.sample.models import Parcel, Run
from tests.sample.tasks import hold, lengthen
from tests.support.asking import ask_the_worker
from tests.support.messages import arrived
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

type StartWorker = Callable[[], Process]

pytestmark = pytest.mark.django_db(transaction=True)


def runs(name: str) -> int:
    return Run.objects.filter(name=name).count()


def freeze_first_run(name: str) -> int:
    """Stop the process of a run until another one has begun with the same; its process id."""
    pid = wait_until(lambda: Run.objects.filter(name=name).first()).pid
    os.kill(pid, signal.SIGSTOP)
    others = Run.objects.filter(name=name).exclude(pid=pid)
    wait_with_recovery(others.exists)
    return pid


def thaw(pid: int) -> None:
    """Let a process go on to the end of what it was at."""
    os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not ask_the_worker("active"))


def test_of_a_frozen_process_and_the_next_one_has_its_effect(
    start_own_worker: StartWorker,
) -> None:
    worker = start_own_worker()
    with transaction.atomic():
        parcel = Parcel.objects.create(behaviour="wait, then ring")
        dispatch(parcel)
    pid = freeze_first_run(str(parcel.pk))
    Parcel.objects.update(behaviour="released")
    wait_until(Parcel.objects.filter(status=Parcel.Status.COMPLETE).exists)

    thaw(pid)

    parcel.refresh_from_db()
    assert (parcel.attempts, parcel.crashes, parcel.deliveries.count()) == (2, 1, 1)
    assert runs(f"rang for {parcel.pk}") == 1
    assert f"{parcel.pk} (attempt 1) is no longer ours" in worker.output


def test_of_a_frozen_process_and_the_next_one_ends_a_call(start_own_worker: StartWorker) -> None:
    worker = start_own_worker()
    with transaction.atomic():
        chain_on_commit(hold.s("held"), lengthen.s("afterwards"))
        call = TaskCall.objects.get()
    pid = freeze_first_run("held")
    Run.objects.create(name="release held", pid=0)
    wait_with_recovery(lambda: not TaskCall.objects.exists())

    thaw(pid)

    assert not TaskCall.objects.exists()
    assert (runs("held"), runs("None afterwards")) == (2, 1)
    assert f"{call.pk} (attempt 1) is no longer ours" in worker.output


def test_a_hard_limit_of_the_first_process_takes_nothing_from_the_next_one() -> None:
    call = TaskCall.objects.create(task=hold.name, args=["held"])
    first = arrived(call.next_message())
    TaskCall.objects.update(status=TaskCall.Status.PROCESSING, attempts=2)

    first.on_timeout(soft=False, timeout=1)

    call.refresh_from_db()
    assert (call.status, call.attempts, call.failures) == (TaskCall.Status.PROCESSING, 2, 0)
    assert not DeadLetter.objects.exists()
    # Each test ends when nobody is at work on a call, and this one nobody takes up.
    call.delete()


def test_a_hard_limit_of_the_first_process_is_no_failure_of_what_the_next_one_has_done() -> None:
    call = TaskCall.objects.create(task=hold.name, args=["held"])
    first = arrived(call.next_message())
    TaskCall.objects.all().delete()

    first.on_timeout(soft=False, timeout=1)

    assert not DeadLetter.objects.exists()
