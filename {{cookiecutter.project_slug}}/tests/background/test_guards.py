"""What is refused at the moment when a message is to be sent."""

import logging
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from celery import chain, chord, group
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from background.models import DeadLetter, TaskCall
from tests.sample.models import Run
from tests.sample.tasks import lengthen, stumble_in_transaction, stumble_then_run
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from celery.canvas import Signature

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timezone.now() + timedelta(minutes=1)
# So late that it still is for any test of a long run.
LATER = timezone.now() + timedelta(hours=3)


@pytest.fixture
def lenient(settings: Any) -> None:
    """As in production."""
    settings.STRICT_DISPATCH = False


def test_a_bare_delay_inside_a_transaction_is_an_error() -> None:
    with (
        transaction.atomic(),
        pytest.raises(TransactionManagementError, match=r"Use \.delay_on_commit\(\)"),
    ):
        stumble_then_run.delay("too early", 0)


@pytest.mark.parametrize(
    "canvas",
    [
        chain(lengthen.s("too", "early"), lengthen.s("by far")),
        group(lengthen.s("too", "early"), lengthen.s("by", "far")),
        chord([lengthen.s("too", "early"), lengthen.s("by", "far")], lengthen.s("together")),
    ],
    ids=["chain", "group", "chord"],
)
def test_so_are_groups_and_chains(canvas: "Signature[Any]") -> None:
    with transaction.atomic(), pytest.raises(TransactionManagementError):
        canvas.delay()


def test_outside_of_one_it_is_sent(worker: Process) -> None:
    stumble_then_run.delay("in time", 0)

    wait_until(lambda: Run.objects.filter(name="in time").exists())


def test_a_retry_inside_a_transaction_is_none_of_it(worker: Process) -> None:
    stumble_in_transaction.delay_on_commit("tried again")

    letter = wait_with_recovery(DeadLetter.objects.first)

    assert (letter.error, Run.objects.filter(name="tried again").count()) == ("Not yet", 3)
    call = TaskCall.objects.get()
    assert (call.failures, call.crashes) == (2, 0)


def test_neither_is_one_of_a_message_without_a_row(worker: Process) -> None:
    stumble_in_transaction.delay("sent bare")

    letter = wait_with_recovery(DeadLetter.objects.first)

    assert (letter.error, Run.objects.filter(name="sent bare").count()) == ("Not yet", 3)


@pytest.mark.parametrize(
    "delay",
    [
        {"countdown": 3600},
        {"countdown": 3600, "eta": SOON},
        {"countdown": 0, "eta": LATER},
        {"eta": LATER},
        {"eta": LATER.isoformat()},
        {"eta": LATER.astimezone(UTC).replace(tzinfo=None)},
    ],
)
def test_a_delay_that_the_broker_may_not_keep_is_an_error(delay: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="LONGEST_COUNTDOWN_SECONDS"):
        stumble_then_run.apply_async(["too late", 0], **delay)


def test_in_production_the_log_says_so_and_the_task_is_sent_after_commit(
    lenient: None, worker: Process, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), transaction.atomic():
        result = stumble_then_run.delay("deferred", 0)
        assert str(TaskCall.objects.get().pk) == result.id

    assert "was sent inside a transaction" in caplog.text
    wait_until(lambda: Run.objects.filter(name="deferred").exists())


def test_in_production_a_chain_sent_inside_a_transaction_runs_in_order(
    lenient: None, worker: Process
) -> None:
    steps = chain(
        lengthen.s("one", "two"), lengthen.s("three"), lengthen.s("four"), lengthen.s("five")
    )
    with transaction.atomic():
        steps.delay()

    wait_until(lambda: Run.objects.filter(name="one two three four five").exists())
    assert Run.objects.count() == 4


def test_in_production_so_does_every_member_of_a_group(lenient: None, worker: Process) -> None:
    with transaction.atomic():
        group(lengthen.s("member", "one"), lengthen.s("member", "two")).delay()

    wait_until(lambda: Run.objects.count() == 2)
    assert set(Run.objects.values_list("name", flat=True)) == {"member one", "member two"}


def test_in_production_the_end_of_a_chord_follows_its_members(
    lenient: None, worker: Process
) -> None:
    with transaction.atomic():
        chord([lengthen.s("one", "part"), lengthen.s("another", "part")], lengthen.s("met")).delay()

    wait_until(lambda: Run.objects.filter(name__endswith="met").exists())
    assert Run.objects.latest("pk").name == "['one part', 'another part'] met"


@pytest.mark.parametrize(
    "delay",
    [
        {"countdown": 3600},
        {"eta": LATER},
        {"eta": LATER.isoformat()},
        {"eta": LATER.astimezone(UTC).replace(tzinfo=None)},
    ],
)
def test_in_production_a_long_delay_waits_in_the_database(
    lenient: None, delay: dict[str, Any]
) -> None:
    stumble_then_run.apply_async(["deferred", 0], **delay)

    call = TaskCall.objects.get()
    assert call.due_at
    assert call.due_at - timezone.now() > timedelta(minutes=59)
    assert call.ready_at == call.due_at
