"""Rows that nobody looks after, and letters that nobody has read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from background.models import DeadLetter, Work
from tests.operations.doctor.findings import bad_about, findings_about
from tests.sample.models import Parcel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(transactional_db: None) -> DeadLetter:
    """A dead letter of a moment ago."""
    return DeadLetter.record(uuid4(), "apps.post.tasks.post", [], {}, RuntimeError("No stamp"))


@pytest.mark.parametrize("status", [Work.Status.PENDING, Work.Status.PROCESSING])
def test_a_row_that_nobody_looks_at_is_told(status: Work.Status) -> None:
    Parcel.objects.create(status=status, due_at=timezone.now() - timedelta(minutes=2))

    [seen] = bad_about("work")

    assert seen.startswith(f"Rows: 1 {status.lower()}; one is overdue for 12")


def test_rows_that_wait_their_turn_are_well() -> None:
    now = timezone.now()
    Parcel.objects.create(due_at=now - timedelta(seconds=30))
    Parcel.objects.create(due_at=now + timedelta(hours=1))
    Parcel.objects.create(due_at=None)
    Parcel.objects.create(status=Work.Status.FAILED, due_at=None)

    [finding] = findings_about("work")

    assert finding.ok
    assert finding.seen == "Rows: 1 failed, 3 pending; none is overdue"


def test_a_letter_of_today_is_told(letter: DeadLetter) -> None:
    [seen] = bad_about("dead letters")

    assert seen == "1, the newest 0 h 0 min old: apps.post.tasks.post: No stamp"


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
