"""The audit log: written after the action, by a light task, once."""

import pytest
from django.db import transaction

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.audit.services import record
from apps.audit.tasks import write_audit_log
from tests.support.waiting import wait_until


@pytest.mark.usefixtures("worker")
def test_an_action_that_is_committed_is_logged(user: User) -> None:
    with transaction.atomic():
        record(user, "door.opened", "door:1", colour="red")

    entry = wait_until(lambda: AuditEntry.objects.first())
    assert (entry.actor, entry.action, entry.about) == (user, "door.opened", "door:1")
    assert entry.details == {"colour": "red"}
    assert entry.at.tzinfo


@pytest.mark.usefixtures("worker")
def test_an_action_that_is_rolled_back_is_not(user: User) -> None:
    with transaction.atomic():
        record(user, "door.opened", "door:1")
        transaction.set_rollback(True)

    record(user, "door.opened", "door:2")

    wait_until(lambda: AuditEntry.objects.exists())
    assert AuditEntry.objects.get().about == "door:2"


def test_a_task_that_runs_twice_writes_one_entry(user: User) -> None:
    entry = "2b8e6a52-7e0b-4dc5-9b3f-5d6f3c9d1a10"
    for _ in range(2):
        write_audit_log.call(
            entry, user.pk, "door.opened", "door:1", {}, "2026-01-01T00:00:00+00:00"
        )

    assert AuditEntry.objects.count() == 1


def test_the_log_outlives_its_actor(user: User) -> None:
    write_audit_log.call(
        "2b8e6a52-7e0b-4dc5-9b3f-5d6f3c9d1a10",
        user.pk,
        "door.opened",
        "door:1",
        {},
        "2026-01-01T00:00:00+00:00",
    )

    user.delete()

    assert AuditEntry.objects.get().actor is None
