"""What workers can be asked by remote control, beyond what Celery brings."""

import time
from typing import Any

from celery.worker.control import inspect_command
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from operations.waiting import outcomes

# How long a worker waits for its database (seconds), as it does nothing else meanwhile.
PATIENCE = 1.0


@inspect_command()
def wall_clock(state: Any) -> dict[str, float]:
    """The time of a worker's machine (seconds since 1970, UTC)."""
    return {"ok": time.time()}


@inspect_command()
def work_settings(state: Any) -> dict[str, dict[str, float]]:
    """The settings of a worker's rows of work."""
    return {"ok": own_work_settings()}


@inspect_command()
def database(state: Any) -> dict[str, str]:
    """By what a worker's database is known, unless it does not answer."""
    [answer] = outcomes([database_birth], seconds=PATIENCE)
    return {"error": str(answer)} if isinstance(answer, Exception) else {"ok": answer}


def own_work_settings() -> dict[str, float]:
    """The settings of rows of work in this process, by name."""
    names = [name for name in dir(settings) if name.startswith("WORK_")]
    return {name: getattr(settings, name) for name in names}


def database_birth() -> str:
    """When the database of this process was made, by whichever address it is called.

    That is when its first migration was applied, to the microsecond.
    """
    first = MigrationRecorder(connection).migration_qs.earliest("applied", "pk")
    return str(first.applied.isoformat())
