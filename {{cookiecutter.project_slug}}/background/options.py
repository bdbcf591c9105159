"""The options that a task is sent with, read as Celery reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from celery.utils.time import maybe_iso8601, maybe_make_aware
from django.utils import timezone


def eta_of(options: Mapping[str, Any]) -> datetime | None:
    """When the task is to run; None for at once. A countdown beats an eta."""
    if countdown := options.get("countdown"):
        return timezone.now() + timedelta(seconds=countdown)
    return moment(options.get("eta"))


def delay_of(options: Mapping[str, Any]) -> float:
    """The seconds until the task is to run; never less than none."""
    eta = eta_of(options)
    return max(0.0, (eta - timezone.now()).total_seconds()) if eta else 0.0


def expiry_of(options: Mapping[str, Any]) -> datetime | None:
    """From when on nobody wants the task any more; None when that never comes."""
    expires = options.get("expires")
    if isinstance(expires, int | float):
        return timezone.now() + timedelta(seconds=expires)
    return moment(expires)


def steps_of(chain: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The steps to come, in order; in a message of Celery's the next one is the last."""
    return list(reversed(chain or []))


def rest_of(chain: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The options with which a dead letter keeps the steps to come."""
    steps = steps_of(chain)
    return {"chain": steps} if steps else {}


def work_id_of(task_id: str) -> UUID:
    """The id of the row for a task's id, which may have been chosen freely."""
    try:
        return UUID(task_id)
    except ValueError:
        return uuid5(NAMESPACE_OID, task_id)


def moment(time: datetime | str | None) -> datetime | None:
    """A time that may be written in ISO 8601; without a time zone it is in UTC."""
    read = maybe_iso8601(time)
    return maybe_make_aware(read) if read else None
