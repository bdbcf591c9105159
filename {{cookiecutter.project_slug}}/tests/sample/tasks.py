"""What the tests let a worker do."""

import os
import pickle
import resource
import signal
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from billiard import current_process
from celery import Task, shared_task
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded
from django.db import transaction
from django.tasks import task

from background.decorators import work_task
from background.dispatch import chain_on_commit
from background.errors import PermanentError, TransientError
from background.mail import send_mail_once

if TYPE_CHECKING:
    from celery.app.task import Task

    from tests.sample.models import Errand, Parcel, Search

# More than any worker of the tests takes (bytes).
LITTLE_MEMORY = 4 * 1024**3
# So long (seconds) that it does not matter how fast the machine is; no test waits for it.
LONG_RETRY_DELAY = 100


def _tell_sender(parcel: "Parcel") -> None:
    if parcel.behaviour == "deaf sender":
        raise ZeroDivisionError("The sender can't be told")
    parcel.sender_told = True
    parcel.save(update_fields=["sender_told"])


def _note_run(name: str) -> int:
    from tests.sample.models import Run

    Run.objects.create(name=name, pid=os.getpid())
    return Run.objects.filter(name=name).count()


def _eat_memory() -> None:
    """Take more than there is for this process, which lives on with less."""
    limit, hard_limit = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (LITTLE_MEMORY, hard_limit))
    try:
        bytearray(2 * LITTLE_MEMORY)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard_limit))


def _confuse_worker() -> None:
    """Tell the worker what it can't read, of which it fails."""
    _pipe_to_worker().send_bytes(b"nonsense")


def _answer_in_two_parts(parcel: "Parcel") -> None:
    """Have the worker read the length of an empty answer, and the rest when the test wants it."""
    pipe = _pipe_to_worker()
    answer = pickle.dumps(None)
    os.write(pipe.fileno(), struct.pack(">i", len(answer)))
    try:
        _work_until_released(parcel)
    finally:
        os.write(pipe.fileno(), answer)


def _pipe_to_worker() -> Any:
    child: Any = current_process()
    return child._target.outq._writer


def _work_until_released(parcel: "Parcel", pause: float = 0.05) -> None:
    """Take as long as the test wants: until it changes the behaviour in the database."""
    while type(parcel).objects.filter(pk=parcel.pk, behaviour=parcel.behaviour).exists():
        threading.Event().wait(pause)


def _wait_for_release(name: str) -> None:
    from tests.sample.models import Run

    while not Run.objects.filter(name=f"release {name}").exists():
        threading.Event().wait(0.05)


@work_task("sample.Parcel", max_retries=3, retry_delay=0.1, on_failure=_tell_sender)
def deliver(parcel: "Parcel") -> None:
    """Deliver one parcel, as it says."""
    runs = _note_run(str(parcel.pk))
    match parcel.behaviour:
        case "wait":
            _work_until_released(parcel)
        case "ask and ask":
            _work_until_released(parcel, pause=0)
        case "wait, then ring":
            _work_until_released(parcel)
            parcel.ensure_lease()
            _note_run(f"rang for {parcel.pk}")
        case "ignore the stop":
            with suppress(BaseException):
                _work_until_released(parcel)
            _work_until_released(parcel)
        case "stumble twice" if runs <= 2:
            raise TransientError("The road is closed")
        case "stumble":
            raise TransientError("The road is closed")
        case "unknown address":
            raise PermanentError("Nobody lives there")
        case "break":
            raise ZeroDivisionError("The van broke")
        case "report":
            parcel.report(3, 10)
        case "kill child":
            os.kill(os.getpid(), signal.SIGKILL)
        case "kill worker":
            os.killpg(os.getpgid(0), signal.SIGKILL)
        case "answer in two parts":
            _answer_in_two_parts(parcel)
        case "confuse worker":
            _confuse_worker()
        case "eat memory":
            _eat_memory()
    with parcel.completing():
        parcel.deliveries.create()


@work_task("sample.Errand", max_retries=1, retry_delay=0.1, soft_time_limit=1, time_limit=2)
def run_in_circles(errand: "Errand") -> None:
    """Never end, whatever happens."""
    _note_run(str(errand.pk))
    while True:
        with suppress(SoftTimeLimitExceeded):
            threading.Event().wait()


@work_task("sample.Search", max_retries=5, retry_delay=LONG_RETRY_DELAY)
def search(what: "Search") -> None:
    """Fail for a passing reason, always."""
    _note_run(str(what.pk))
    raise TransientError("Not here")


@shared_task(max_retries=5, retry_backoff=LONG_RETRY_DELAY)
def stumble_on(name: str, retry_after: float = 0.0) -> None:
    """Fail for a passing reason, always."""
    _note_run(name)
    raise TransientError("Not yet", retry_after=retry_after)


@shared_task(max_retries=2, retry_backoff=False, default_retry_delay=0)
def stumble_then_run(name: str, stumbles: int, retry_after: float = 0.0) -> None:
    """Fail for a passing reason so many times."""
    if _note_run(name) <= stumbles:
        raise TransientError("Not yet", retry_after=retry_after)


@shared_task
def break_down(name: str) -> None:
    """Fail for no good reason."""
    _note_run(name)
    raise ZeroDivisionError("It broke")


@shared_task(bind=True, max_retries=2, default_retry_delay=0)
def count_down(self: "Task[..., Any]", name: str, left: int) -> None:
    """Come back with one less until nothing is left."""
    _note_run(f"{name} {left}")
    if left:
        raise self.retry(args=[name, left - 1])


@shared_task(max_retries=2, default_retry_delay=0, retry_backoff=False)
def stumble_in_transaction(name: str) -> None:
    """Fail for a passing reason, always, inside a transaction."""
    _note_run(name)
    with transaction.atomic():
        stumble_in_transaction.retry(exc=TransientError("Not yet"))


@shared_task
def refuse(name: str) -> None:
    """Have the broker throw the message away."""
    _note_run(name)
    raise Reject(f"{name} is not for us", requeue=False)


@shared_task
def leave(name: str) -> None:
    """Want nothing more to happen."""
    _note_run(name)
    raise Ignore


@shared_task(bind=True)
def make_way(self: "Task[..., Any]", name: str) -> None:
    """Have another task run in its place."""
    _note_run(name)
    self.replace(lengthen.s(name, "replaced"))


@shared_task(bind=True)
def send_again(self: "Task[..., Any]", name: str, times: int) -> None:
    """Send itself again under the same id."""
    _note_run(name)
    if times:
        self.apply_async([name, times - 1], task_id=self.request.id)


@shared_task
def turn_down(name: str) -> None:
    """Come to an expected end."""
    _note_run(name)
    raise PermanentError("Nobody wants it")


@shared_task(max_retries=1, default_retry_delay=0)
def hold(name: str) -> None:
    """Take as long as the test wants: until it notes a run named "release" and the name."""
    _note_run(name)
    # It does not heed its soft limit.
    with suppress(SoftTimeLimitExceeded):
        _wait_for_release(name)
    _wait_for_release(name)


@shared_task(max_retries=2, retry_backoff=False, default_retry_delay=0)
def lengthen(text: str, word: str) -> str:
    """Add a word, as a step of a chain; some words do not come out at the first try."""
    longer = f"{text} {word}"
    runs = _note_run(longer)
    if word == "stumbling" and runs == 1:
        raise TransientError("Not yet")
    if word == "broken" and runs == 1:
        raise ZeroDivisionError("It broke")
    return longer


@shared_task(bind=True)
def note_tick(self: "Task[..., None]") -> None:
    """Note a run under the id of this task."""
    _note_run(self.request.id)


@shared_task(ignore_result=False)
def mail_once(address: str) -> None:
    """Tell somebody about a parcel, and keep the result where results are kept."""
    _note_run(address)
    send_mail_once(kind="parcel", about="parcel:1", to=address, context={"name": "Ann"})


@task
def note_light_run(name: str) -> None:
    """A light task."""
    _note_run(name)


@task
def mail_lightly(address: str) -> None:
    """A light task that tells somebody about a parcel."""
    send_mail_once(kind="parcel", about="parcel:1", to=address, context={"name": "Ann"})


@task(takes_context=True)
def note_light_context(context: object, name: str) -> None:
    """A light task that looks at its context."""
    _note_run(f"{name} {context.task_result.id}")  # type: ignore[attr-defined]


@task
def break_lightly(name: str) -> None:
    """A light task that fails."""
    _note_run(name)
    raise ZeroDivisionError("It broke")


@task
def hang_at_first(name: str) -> None:
    """A light task that never ends when it runs for the first time."""
    if _note_run(name) == 1:
        threading.Event().wait()


@task
def start_chain(text: str) -> None:
    """A light task that sets a chain going."""
    chain_on_commit(lengthen.s(text, "first"), lengthen.s("second"))
