"""Work that somebody revokes, as with a button of Flower's."""

import pytest
from celery import current_app
from celery.app.task import Context
from django.db import transaction

from background import revocation
from background.dispatch import dispatch
from background.models import ATTEMPT, DeadLetter, TaskCall, Work
from background.publishing import publish
from background.recovery import recover
from background.registry import registration_for
from tests.sample.models import Parcel, Run
from tests.sample.tasks import hold
from tests.support.asking import ask_the_worker
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(task_id: str) -> None:
    # A worker that has just started may not listen yet.
    ask_the_worker("revoked")
    current_app.control.revoke(task_id)


def terminate_what_runs() -> None:
    [running] = wait_until(lambda: ask_the_worker("active"))
    current_app.control.revoke(running["id"], terminate=True)


def wait_for_letter() -> DeadLetter:
    letter: DeadLetter = wait_with_recovery(DeadLetter.objects.first)
    assert letter.error == "It was revoked."
    return letter


def test_a_call_that_is_revoked_before_its_start_ends_at_once(worker: Process) -> None:
    hold.apply_async_on_commit(["unwanted"], countdown=3600)
    call = TaskCall.objects.get()

    revoke(str(call.pk))

    assert wait_for_letter().work_id == call.pk
    call.refresh_from_db()
    assert call.status == Work.Status.FAILED
    assert not Run.objects.exists()


def test_a_message_that_was_revoked_before_it_came_takes_its_row_along(worker: Process) -> None:
    parcel = Parcel.objects.create(due_at=None)
    message = parcel.next_message()
    revoke("revoked in advance")
    wait_until(lambda: "revoked in advance" in ask_the_worker("revoked"))

    publish(message._replace(options={**message.options, "task_id": "revoked in advance"}))

    assert wait_for_letter().work_id == parcel.pk


def test_a_call_that_is_ended_while_it_runs_is_not_sent_again(worker: Process) -> None:
    hold.delay_on_commit("ended")
    wait_until(Run.objects.first)

    terminate_what_runs()

    wait_for_letter()
    assert TaskCall.objects.get().status == Work.Status.FAILED
    assert recover() == 0


def test_neither_is_a_row_of_a_models(worker: Process) -> None:
    with transaction.atomic():
        parcel = Parcel.objects.create(behaviour="wait")
        dispatch(parcel)
    wait_until(Run.objects.first)

    terminate_what_runs()

    assert wait_for_letter().work_id == parcel.pk
    parcel.refresh_from_db()
    assert (parcel.status, parcel.error) == (Work.Status.FAILED, "It was revoked.")
    assert parcel.sender_told
    assert recover() == 0


@pytest.mark.parametrize(
    ("attempt", "expired", "status"),
    [
        pytest.param(2, False, Work.Status.FAILED, id="the one at work"),
        pytest.param(1, False, Work.Status.PROCESSING, id="a copy of an earlier one"),
        pytest.param(2, True, Work.Status.PROCESSING, id="one that nobody has revoked"),
    ],
)
def test_a_message_speaks_of_its_own_attempt(attempt: int, expired: bool, status: str) -> None:
    parcel = Parcel.objects.create(status=Work.Status.PROCESSING, attempts=2)
    message = Context(args=[str(parcel.pk), attempt], headers={ATTEMPT: attempt})

    revocation.end_row(registration_for(Parcel).task, message, expired=expired)

    parcel.refresh_from_db()
    assert parcel.status == status
