"""What the tests let a worker do."""

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.tasks import task

from background.decorators import work_task
from background.dispatch import chain_on_commit
from background.errors import PermanentError, TransientError
from background.mail import send_mail_once

if TYPE_CHECKING:
    from tests.sample.models import Errand, Parcel


def _tell_sender(parcel: "Parcel") -> None:
    if parcel.behaviour == "deaf sender":
        raise ZeroDivisionError("The sender can't be told")
    parcel.sender_told = True
    parcel.save(update_fields=["sender_told"])


def _note_run(name: str) -> int:
    from tests.sample.models import Run

    Run.objects.create(name=name, pid=os.getpid())
    return Run.objects.filter(name=name).count()


def _work_until_released(parcel: "Parcel") -> None:
    """Take as long as the test wants: until it changes the behaviour in the database."""
    while type(parcel).objects.filter(pk=parcel.pk, behaviour=parcel.behaviour).exists():
        threading.Event().wait(0.05)


@work_task("sample.Parcel", max_retries=3, retry_delay=0.1, on_failure=_tell_sender)
def deliver(parcel: "Parcel") -> None:
    """Deliver one parcel, as it says."""
    runs = _note_run(str(parcel.pk))
    match parcel.behaviour:
        case "wait":
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
    with parcel.completing():
        parcel.deliveries.create()


@work_task("sample.Errand", max_retries=1, retry_delay=0.1, soft_time_limit=1, time_limit=2)
def run_in_circles(errand: "Errand") -> None:
    """Never end, whatever happens."""
    _note_run(str(errand.pk))
    while True:
        with suppress(SoftTimeLimitExceeded):
            threading.Event().wait()


@shared_task(max_retries=2, retry_backoff=False, default_retry_delay=0)
def stumble_then_run(name: str, stumbles: int) -> None:
    """Fail for a passing reason so many times."""
    if _note_run(name) <= stumbles:
        raise TransientError("Not yet")


@shared_task
def break_down(name: str) -> None:
    """Fail for no good reason."""
    _note_run(name)
    raise ZeroDivisionError("It broke")


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


@shared_task(max_retries=1)
def mail_once(address: str) -> None:
    """Tell somebody about a parcel."""
    _note_run(address)
    send_mail_once(kind="parcel", about="parcel:1", to=address, context={"name": "Ann"})


@task
def note_light_run(name: str) -> None:
    """A light task."""
    _note_run(name)


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
