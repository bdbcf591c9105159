"""Groups of tasks that start with a commit."""

import pytest
from django.db import transaction
from django.utils import timezone

from background.dispatch import group_on_commit
from background.models import TaskCall
from background.recovery import recover
from tests.sample.models import Run
from tests.sample.tasks import lengthen
from tests.support.processes import Process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = [f"member {number}" for number in range(20)]


def start_group() -> None:
    group_on_commit(lengthen.s("member", str(number)) for number in range(20))


def test_every_member_runs(worker: Process) -> None:
    with transaction.atomic():
        start_group()
        assert TaskCall.objects.count() == 20

    wait_until(lambda: Run.objects.count() == 20)
    assert set(Run.objects.values_list("name", flat=True)) == set(NAMES)
    wait_until(lambda: not TaskCall.objects.exists())


def test_a_rollback_starts_none(worker: Process) -> None:
    with transaction.atomic():
        start_group()
        transaction.set_rollback(True)

    group_on_commit([lengthen.s("the", "other")])

    wait_until(lambda: Run.objects.filter(name="the other").exists())
    assert Run.objects.count() == 1


def test_members_that_the_broker_did_not_take_are_sent_later(broker_away: None) -> None:
    start_group()

    assert TaskCall.objects.count() == 20


def test_recovery_sends_what_is_left(worker: Process) -> None:
    with transaction.atomic():
        start_group()
        # As if the process had died right after the commit.
        transaction.get_connection().run_on_commit.clear()
    TaskCall.objects.update(due_at=timezone.now())

    assert recover() == 20

    wait_until(lambda: Run.objects.count() == 20)
