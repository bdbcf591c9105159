"""Rows that nobody takes up, and letters that nobody has read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from background import registry
from background.models import DeadLetter, TaskCall, Work
from background.recovery import recover
from tests.operations.doctor.findings import bad_about, findings_about
from tests.sample.models import Parcel
from tests.sample.tasks import note_tick

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(transactional_db: None) -> DeadLetter:
    """A dead letter of a moment ago."""
    return DeadLetter.record(uuid4(), "apps.post.tasks.post", [], {}, RuntimeError("No stamp"))


def test_a_row_that_no_worker_takes_up_is_told_however_often_it_was_sent() -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    parcel = Parcel.objects.create(due_at=an_hour_ago, ready_at=an_hour_ago)
    recover()
    parcel.refresh_from_db()
    assert (parcel.dispatches, parcel.due_at > timezone.now()) == (1, True)

    [seen] = bad_about("work")

    assert seen.startswith("Rows: 1 pending; one waits for 360")
    assert seen.endswith(": tests.sample.tasks.deliver")


def test_a_row_whose_process_died_long_ago_is_told() -> None:
    Parcel.objects.create(
        status=Work.Status.PROCESSING, due_at=timezone.now() - timedelta(minutes=20)
    )

    [seen] = bad_about("work")

    assert seen.startswith("Rows: 1 processing; one waits for 120")


def test_so_is_a_call_of_a_task_without_a_model() -> None:
    made = timezone.now() - timedelta(minutes=20)
    TaskCall.objects.create(task=note_tick.name, ready_at=made)
    Parcel.objects.create(ready_at=made + timedelta(minutes=1))

    [seen] = bad_about("work")

    assert seen.endswith(f": {note_tick.name}")


def test_so_is_a_row_whose_task_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._registrations, "sample.parcel")
    Parcel.objects.create(ready_at=timezone.now() - timedelta(minutes=20))

    [seen] = bad_about("work")

    assert seen.endswith(": sample.Parcel")


def test_rows_that_wait_their_turn_are_well() -> None:
    now = timezone.now()
    Parcel.objects.create(ready_at=now - timedelta(minutes=1))
    Parcel.objects.create(due_at=now + timedelta(hours=1), ready_at=now + timedelta(hours=1))
    Parcel.objects.create(due_at=None, ready_at=now - timedelta(hours=1))
    Parcel.objects.create(status=Work.Status.FAILED, due_at=None)

    [finding] = findings_about("work")

    assert finding.ok
    assert finding.seen.startswith("Rows: 1 failed, 3 pending; one waits for 6")


def test_rows_at_work_wait_for_nobody() -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Parcel.objects.create(status=Work.Status.PROCESSING, ready_at=an_hour_ago)

    [finding] = findings_about("work")

    assert (finding.ok, finding.seen) == (True, "Rows: 1 processing; none waits for a worker")


def test_a_letter_of_today_is_told(letter: DeadLetter) -> None:
    [seen] = bad_about("dead letters")

    assert seen == "1, the newest 0 min old: apps.post.tasks.post: No stamp"


def test_a_letter_of_yesterday_is_no_longer(letter: DeadLetter) -> None:
    DeadLetter.objects.update(failed_at=timezone.now() - timedelta(days=1, minutes=5))

    [finding] = findings_about("dead letters")

    assert finding.ok
    assert finding.seen.startswith("1, the newest 24 h 5 min old")


def test_a_letter_that_was_replayed_is_no_longer_until_that_fails(letter: DeadLetter) -> None:
    DeadLetter.objects.update(replayed_at=timezone.now())
    assert bad_about("dead letters") == []

    DeadLetter.record(letter.work_id, letter.task, [], {}, RuntimeError("No stamp"))
    assert len(bad_about("dead letters")) == 1
