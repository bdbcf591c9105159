"""The rules of a row of work, one move at a time."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from background import lifecycle
from background.errors import LeaseLostError, TransientError
from background.lifecycle import UNKNOWN_RETRIES
from background.models import DeadLetter, Work
from tests.sample.models import Parcel

pytestmark = pytest.mark.django_db

# NUL, and one half of a surrogate pair.
REFUSED = pytest.mark.parametrize(
    ("character", "shown"), [("\x00", r"\x00"), ("\ud800", r"\ud800")], ids=["NUL", "surrogate"]
)


def claimed(**values: object) -> Parcel:
    parcel = Parcel.objects.create(**values)
    held = lifecycle.claim(Parcel, parcel.pk, 1)
    assert held
    return held


def expire_lease(parcel: Parcel) -> None:
    Parcel.objects.filter(pk=parcel.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def crash(parcel: Parcel) -> None:
    expire_lease(parcel)
    lifecycle.reopen_crashed(Parcel.objects.get(pk=parcel.pk))


def fail_and_replay(parcel: Parcel) -> None:
    lifecycle.fail(parcel, ZeroDivisionError())
    lifecycle.replay(parcel)


def test_a_row_can_be_claimed_once_for_an_attempt() -> None:
    parcel = Parcel.objects.create()

    assert lifecycle.claim(Parcel, parcel.pk, 1)
    assert lifecycle.claim(Parcel, parcel.pk, 1) is None


def test_a_message_for_a_later_or_earlier_attempt_is_refused() -> None:
    parcel = Parcel.objects.create(attempts=1)

    assert lifecycle.claim(Parcel, parcel.pk, 1) is None
    assert lifecycle.claim(Parcel, parcel.pk, 3) is None
    assert lifecycle.claim(Parcel, parcel.pk, 2)


def test_saving_a_row_leaves_its_lifecycle_alone() -> None:
    parcel = claimed()
    parcel.ensure_lease()
    stale = Parcel(pk=parcel.pk, behaviour="changed", created_at=parcel.created_at)
    stale._state.adding = False

    stale.save()

    parcel.refresh_from_db()
    assert parcel.behaviour == "changed"
    assert parcel.status == Work.Status.PROCESSING
    assert parcel.attempts == 1


def test_whoever_lost_the_row_can_neither_go_on_nor_report_nor_complete() -> None:
    parcel = claimed()
    expire_lease(parcel)
    assert lifecycle.reopen_crashed(Parcel.objects.get(pk=parcel.pk))

    with pytest.raises(LeaseLostError):
        parcel.ensure_lease()
    with pytest.raises(LeaseLostError):
        parcel.report(1, 2)
    with pytest.raises(LeaseLostError), parcel.completing():
        parcel.deliveries.create()
    assert not parcel.deliveries.exists()


def test_what_is_written_while_completing_is_undone_with_it() -> None:
    parcel = claimed()

    def complete_badly() -> None:
        with parcel.completing():
            parcel.deliveries.create()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        complete_badly()

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.PROCESSING
    assert not parcel.deliveries.exists()


def test_a_completion_that_fails_leaves_the_row_in_our_hands() -> None:
    held = claimed()

    with pytest.raises(ZeroDivisionError), held.completing():
        held.deliveries.create(parcel_id=1 // 0)

    assert (held.status, held.finished_at) == (Work.Status.PROCESSING, None)
    with held.completing():
        held.deliveries.create()
    assert held.deliveries.count() == 1


def test_nothing_is_completed_inside_another_transaction() -> None:
    held = claimed()

    with (
        pytest.raises(TransactionManagementError, match="inside a transaction"),
        transaction.atomic(),
        held.completing(),
    ):
        pass


def test_a_lost_process_counts_as_a_crash_and_not_as_a_failure() -> None:
    parcel = claimed()
    expire_lease(parcel)

    lifecycle.reopen_crashed(Parcel.objects.get(pk=parcel.pk))

    parcel.refresh_from_db()
    assert (parcel.status, parcel.crashes, parcel.failures) == (Work.Status.PENDING, 1, 0)
    assert lifecycle.claim(Parcel, parcel.pk, 2)


def test_a_row_whose_lease_still_runs_is_not_reopened() -> None:
    parcel = claimed()

    assert not lifecycle.reopen_crashed(parcel)


def test_a_row_that_takes_its_process_with_it_again_and_again_is_given_up() -> None:
    parcel = claimed(crashes=4)
    expire_lease(parcel)

    assert lifecycle.reopen_crashed(Parcel.objects.get(pk=parcel.pk))

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.FAILED
    assert parcel.sender_told
    assert "died 5 times" in DeadLetter.objects.get().error


def test_an_orderly_release_counts_as_nothing() -> None:
    parcel = claimed()

    lifecycle.release(parcel)

    parcel.refresh_from_db()
    assert (parcel.status, parcel.crashes, parcel.failures) == (Work.Status.PENDING, 0, 0)
    with pytest.raises(LeaseLostError):
        parcel.ensure_lease()


@pytest.mark.parametrize("put_back", [lifecycle.release, crash, fail_and_replay])
def test_a_row_that_was_put_back_waits_from_then_on(put_back: Callable[[Parcel], None]) -> None:
    parcel = claimed(ready_at=timezone.now() - timedelta(hours=1))
    before = timezone.now()

    put_back(parcel)

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.PENDING
    assert parcel.ready_at >= before


def test_a_row_that_is_tried_again_waits_from_the_end_of_its_pause_on() -> None:
    parcel = claimed()

    lifecycle.retry(parcel, TransientError("The road is closed", retry_after=100))

    parcel.refresh_from_db()
    assert parcel.ready_at - timezone.now() > timedelta(seconds=90)


def test_retries_end_with_a_dead_letter_that_says_why() -> None:
    parcel = claimed()
    for attempt in (2, 3, 4):
        lifecycle.retry(parcel, TransientError("The road is closed"))
        held = lifecycle.claim(Parcel, parcel.pk, attempt)
        assert held
        parcel = held

    lifecycle.retry(parcel, TransientError("The road is closed"))

    parcel.refresh_from_db()
    assert (parcel.status, parcel.attempts) == (Work.Status.FAILED, 4)
    assert parcel.error == "The road is closed"
    letter = DeadLetter.objects.get()
    assert letter.task == "tests.sample.tasks.deliver"
    assert "TransientError: The road is closed" in letter.traceback


def test_the_wait_doubles_up_to_ten_minutes_with_jitter_in_its_upper_half() -> None:
    waits = [lifecycle.backoff(2.0, failures).total_seconds() for failures in range(1, 21)]

    for failures, wait in enumerate(waits, start=1):
        longest = min(2.0 * 2 ** (failures - 1), 600)
        assert longest / 2 <= wait <= longest
    assert len({lifecycle.backoff(100, 3) for _ in range(20)}) > 1


def test_a_row_is_not_tried_again_while_that_would_be_in_vain() -> None:
    parcel = claimed()

    lifecycle.retry(parcel, TransientError("The road opens in an hour", retry_after=3600))

    assert parcel.due_at
    assert parcel.due_at - timezone.now() > timedelta(minutes=59)


def test_waiting_for_a_process_that_knows_the_task_eats_no_retry() -> None:
    parcel = Parcel.objects.create()
    for _ in range(UNKNOWN_RETRIES):
        lifecycle.put_off(parcel, LookupError("No task is named so"))

    held = lifecycle.claim(Parcel, parcel.pk, 1)
    assert held
    lifecycle.retry(held, TransientError("The road is closed"))

    parcel.refresh_from_db()
    assert (parcel.status, parcel.failures, parcel.deferrals) == (Work.Status.PENDING, 1, 0)


def test_a_row_given_up_from_outside_fails_and_is_fenced_off() -> None:
    parcel = claimed()

    lifecycle.give_up(Parcel.objects.get(pk=parcel.pk), "The sender changed his mind")

    parcel.refresh_from_db()
    assert (parcel.status, parcel.error) == (Work.Status.FAILED, "The sender changed his mind")
    with pytest.raises(LeaseLostError), parcel.completing():
        pass


def test_a_final_row_is_not_given_up() -> None:
    parcel = claimed()
    with parcel.completing():
        pass

    lifecycle.give_up(parcel, "Too late")

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.COMPLETE
    assert not parcel.sender_told


@REFUSED
def test_no_character_of_an_error_keeps_a_row_from_its_end(character: str, shown: str) -> None:
    parcel = claimed()

    lifecycle.fail(parcel, ValueError(f"bad name {character}"))

    parcel.refresh_from_db()
    assert parcel.status == Work.Status.FAILED
    letter = DeadLetter.objects.get()
    assert letter.error == f"bad name {shown}"
    assert letter.traceback.endswith(f"ValueError: bad name {shown}\n")


@REFUSED
def test_nor_from_another_try_or_from_being_given_up(character: str, shown: str) -> None:
    tried, given_up = claimed(), claimed()

    lifecycle.retry(tried, TransientError(f"bad name {character}"))
    lifecycle.give_up(given_up, f"bad name {character}")

    tried.refresh_from_db()
    given_up.refresh_from_db()
    assert (tried.status, tried.error) == (Work.Status.PENDING, f"bad name {shown}")
    assert (given_up.status, given_up.error) == (Work.Status.FAILED, f"bad name {shown}")


@REFUSED
def test_a_letter_takes_such_arguments_too(character: str, shown: str) -> None:
    args, kwargs = [character, {character: [character]}], {"name": character}
    options = {"chain": [{"args": (character, 1)}]}

    letter = DeadLetter.record(uuid4(), "some.task", args, kwargs, ValueError(), options=options)

    letter.refresh_from_db()
    assert (letter.args, letter.kwargs) == ([shown, {shown: [shown]}], {"name": shown})
    assert letter.options == {"chain": [{"args": [shown, 1]}]}
