"""When work is tried again that fails each time, and how often; a real worker tries it."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.utils import timezone

from background import recovery
from background.models import TaskCall, Work
from background.publishing import Message, publish
from background.recovery import recover
from tests.sample.models import Run, Search
from tests.sample.tasks import LONG_RETRY_DELAY, stumble_on, stumble_then_run
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Of each kind, so many that chance does not hide what the delays have in common.
PIECES = 8
MAX_RETRIES = 5
# What no delay exceeds, however often something has failed (seconds).
CAP = 600
# What may pass between the start of a run and its failure, on a busy machine (seconds).
TOLERANCE = 20


@pytest.fixture
def doubled_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever recovery sends comes twice."""

    def publish_twice(message: Message) -> None:
        for _ in range(2):
            publish(message)

    monkeypatch.setattr(recovery, "publish", publish_twice)


def make_rows() -> type[Work]:
    """Rows of work, each named by its id."""
    for _ in range(PIECES):
        Search.objects.create()
    return Search


def make_calls() -> type[Work]:
    """Calls of a task without a model, each named by its id."""
    for _ in range(PIECES):
        call = TaskCall(task=stumble_on.name)
        call.args = [str(call.pk)]
        call.save()
    return TaskCall


def let_all_fail(model: type[Work], tries: int) -> list[Work]:
    """The rows after so many tries each, the last of which begins now, whatever they wait for."""
    rows = model._default_manager
    rows.update(due_at=timezone.now())
    recover()
    have_failed = rows.filter(attempts=tries).exclude(status=Work.Status.PROCESSING)
    wait_until(lambda: have_failed.count() == PIECES)
    return list(rows.all())


def starts(name: object) -> list[float]:
    """When the runs of that name began, in order (seconds)."""
    runs = Run.objects.filter(name=str(name)).order_by("at")
    return [run.at.timestamp() for run in runs]


def delay(work: Work) -> float:
    """From the start of a row's last run to its next one (seconds)."""
    assert work.due_at
    return work.due_at.timestamp() - starts(work.pk)[-1]


@pytest.mark.usefixtures("worker", "doubled_messages")
@pytest.mark.parametrize(("make", "jitter"), [(make_rows, 0.5), (make_calls, 1.0)])
def test_delays_double_up_to_a_cap_and_doubled_messages_add_no_try(
    make: Callable[[], type[Work]], jitter: float
) -> None:
    model = make()
    largest = 0.0

    for failures in range(MAX_RETRIES):
        delays = [delay(work) for work in let_all_fail(model, failures + 1)]
        longest = min(LONG_RETRY_DELAY * 2**failures, CAP)
        assert longest * (1 - jitter) <= min(delays)
        assert max(delays) <= longest + TOLERANCE
        assert len({round(each) for each in delays}) > 1
        largest = max(largest, *delays)

    assert largest > CAP / 2
    works = let_all_fail(model, 1 + MAX_RETRIES)
    assert {work.status for work in works} == {Work.Status.FAILED}
    assert {len(starts(work.pk)) for work in works} == {1 + MAX_RETRIES}


def test_a_call_waits_as_long_as_its_error_says_also_beyond_the_cap(worker: Process) -> None:
    call = TaskCall(task=stumble_on.name, due_at=timezone.now())
    call.args = [str(call.pk), 3600]
    call.save()

    wait_with_recovery(lambda: TaskCall.objects.filter(failures=1).exists())

    assert 3600 <= delay(TaskCall.objects.get()) <= 3600 + TOLERANCE


def test_no_try_begins_before_its_time(worker: Process) -> None:
    wait = 1.0
    stumble_then_run.delay_on_commit("told when", 2, wait)

    wait_with_recovery(lambda: not TaskCall.objects.exists())

    began = starts("told when")
    assert len(began) == 3
    assert all(later - earlier >= wait for earlier, later in pairwise(began))
