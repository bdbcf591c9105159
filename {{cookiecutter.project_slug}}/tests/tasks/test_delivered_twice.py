"""A message that is delivered twice: whatever its task does, it happens once."""

from collections.abc import Callable

import pytest

from background import lifecycle
from background.models import DeadLetter
from background.publishing import Message, publish
from config.queues import ROUTES
from tests.conftest import CaptureDispatch
from tests.support.asking import ask_the_worker
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.recovering import wait_for_all_work
from tests.support.serving import HttpService
from tests.support.waiting import wait_until
from tests.tasks.example import Example, FarEnds
from tests.tasks.examples import EXAMPLES


@pytest.fixture(params=EXAMPLES, ids=str)
def example(request: pytest.FixtureRequest) -> Example:
    """One after the other."""
    given: Example = request.param
    return given


@pytest.fixture
def worker(example: Example, worker: Process, request: pytest.FixtureRequest) -> Process:
    """The shared worker, or one of its own for an example that needs it."""
    if not example.environment:
        return worker
    start: Callable[..., Process] = request.getfixturevalue("start_own_worker")
    return start(env=example.environment)


@pytest.fixture
def far(worker: Process, mailbox: Mailbox, service: HttpService) -> FarEnds:
    """Far ends that nothing has reached yet."""
    written = len(worker.output)
    return FarEnds(mailbox, service, log=lambda: worker.output[written:])


def deliver(message: Message, times: int) -> None:
    """Deliver one message so many times at once, until the worker has done with all of them.

    They have the same task, attempt and id.
    """
    taken_up = times_taken_up(message)
    options = {"task_id": "one and the same", **message.options}
    for _ in range(times):
        publish(message._replace(options=options))
    wait_until(lambda: times_taken_up(message) >= taken_up + times and not ask_the_worker("active"))


def times_taken_up(message: Message) -> int:
    """How many messages for this task the worker has begun with."""
    number: int = ask_the_worker("stats")["total"].get(message.task.name, 0)
    return number


def test_a_message_that_comes_twice_has_one_effect(
    example: Example, far: FarEnds, captured_dispatch: CaptureDispatch
) -> None:
    with captured_dispatch():
        work = example.make(far)
    message = work.next_message()
    assert (message.task.name, example.effects(far)) == (example.task, 0)

    # Two copies seldom meet by themselves: the first one's row is in our hands here.
    held = lifecycle.claim(type(work), work.pk, work.attempts + 1)
    assert held
    deliver(message, times=1)
    assert example.effects(far) == 0
    lifecycle.release(held)

    message = held.next_message()
    deliver(message, times=2)
    wait_for_all_work()
    # And once more, when nobody has it in hand any more.
    deliver(message, times=1)
    wait_for_all_work()

    assert list(DeadLetter.objects.values_list("task", "error")) == []
    assert example.effects(far) == 1


def test_every_task_has_an_example() -> None:
    missing = sorted(ROUTES.keys() - {example.task for example in EXAMPLES})

    assert not missing, f"Write an Example in tests/tasks/examples/ for {', '.join(missing)}"


def test_none_is_there_twice_and_each_task_has_a_route() -> None:
    names = [str(example) for example in EXAMPLES]

    assert len(set(names)) == len(names)
    assert {example.task for example in EXAMPLES} <= ROUTES.keys()
