"""Taking up what was lost: rows whose process died, messages that never arrived, due retries.

It runs as a thread of Beat, where no backlog can delay it, and by hand as `manage.py recover`.
Running it twice at once does no harm: every row is taken by a conditional update.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

from background import lifecycle
from background.database import DATABASE_TROUBLE, is_lost, wait_for_database
from background.errors import BrokerUnavailableError
from background.models import Work, work_models
from background.publishing import publish

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)

# Rows of one model in one sweep: a long backlog is taken up in steps, so that one kind of work
# does not keep the others waiting.
BATCH = 500
REDISPATCH_CAP = timedelta(minutes=10)


def recover() -> int:
    """Look once at everything that is due, in the order of RECOVERY_STEPS; how much was.

    Raises BrokerUnavailableError at the first message the broker does not take: what is left stays
    due.
    """
    return sum(import_string(step)() for step in settings.RECOVERY_STEPS)


def recover_rows() -> int:
    """Take up the rows of work that are due; how many messages were sent."""
    sent = 0
    for model in work_models():
        _reopen(model)
        sent += _send(_due(model).filter(crashes__lt=settings.WORK_SUSPECT_CRASHES)[:BATCH])
    return sent + _send_one_suspect()


def _reopen(model: type[Work]) -> None:
    expired = model._default_manager.filter(
        status=Work.Status.PROCESSING, due_at__lte=timezone.now()
    ).order_by("due_at")
    for work in expired[:BATCH]:
        try:
            if lifecycle.reopen_crashed(work):
                logger.warning("%s lost its process", work.label)
        except Exception:
            # An `on_failure` of one kind of work must not keep all the others waiting.
            logger.exception("%s can't be given up", work.label)
            _look_again_later(work, Work.Status.PROCESSING)


def _due(model: type[Work]) -> "QuerySet[Work]":
    rows = model._default_manager.filter(status=Work.Status.PENDING, due_at__lte=timezone.now())
    return rows.order_by("due_at")


def _send_one_suspect() -> int:
    """Send the suspect that has waited longest, unless a process works on one already."""
    suspects = {"crashes__gte": settings.WORK_SUSPECT_CRASHES}
    longest_waiting = [_due(model).filter(**suspects).first() for model in work_models()]
    waiting = [work for work in longest_waiting if work]
    if not waiting or lifecycle.suspect_at_work():
        return 0
    return _send([min(waiting, key=attrgetter("due_at"))])


def _send(works: "Iterable[Work]") -> int:
    sent = 0
    for work in works:
        try:
            # Published first: of two messages the claim refuses one, none would be a row lost.
            publish(work.next_message())
        except BrokerUnavailableError:
            raise
        except Exception as error:
            _set_aside(work, error)
        else:
            _look_again_later(work)
            sent += 1
    return sent


def _set_aside(work: Work, error: Exception) -> None:
    """Have a row that can't be sent wait, and fail in the end: it is to keep no other waiting."""
    try:
        lifecycle.put_off(work, error)
    except Exception:
        # Its `on_failure` did not come to an end.
        logger.exception("%s can't be given up", work.label)
        _look_again_later(work)


def _look_again_later(work: Work, status: Work.Status = Work.Status.PENDING) -> None:
    """Back off, or a backlog would be sent again and again while it waits."""
    wait = lifecycle.doubled(
        settings.WORK_FIRST_LOOK_SECONDS, times=work.dispatches, cap=REDISPATCH_CAP
    )
    type(work)._default_manager.filter(pk=work.pk, status=status, attempts=work.attempts).update(
        dispatches=work.dispatches + 1, due_at=timezone.now() + wait
    )


def start(sender: Any = None, **kwargs: Any) -> None:
    """Sweep from now on in a thread of this process."""
    threading.Thread(target=_sweep_for_ever, name="recovery", daemon=True).start()


def sweep() -> float:
    """Recover whatever is due, and survive what goes wrong; when to do so again (seconds)."""
    try:
        recover()
    except BrokerUnavailableError as error:
        logger.warning("%s", error)
    except DATABASE_TROUBLE as error:
        logger.warning("A sweep of recovery met trouble with the database: %s", error)
        if is_lost(error):
            wait_for_database()
        # Those who live renew their leases first, or they would all be taken for dead.
        return float(settings.WORK_LEASE_SECONDS)
    except Exception:
        logger.exception("A sweep of recovery failed; the next one starts anew")
    finally:
        connections.close_all()
    return float(settings.WORK_SWEEP_SECONDS)


def _sweep_for_ever() -> None:
    pause = threading.Event()
    seconds = float(settings.WORK_SWEEP_SECONDS)
    while not pause.wait(seconds):
        seconds = sweep()
