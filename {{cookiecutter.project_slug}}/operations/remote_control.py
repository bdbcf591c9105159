"""What workers can be asked by remote control, beyond what Celery brings."""

import time
from typing import Any

from celery.worker.control import inspect_command

from operations import identity
from operations.waiting import outcomes

# How long a worker waits for its database (seconds), as it does nothing else meanwhile.
PATIENCE = 1.0


@inspect_command()
def wall_clock(state: Any) -> dict[str, float]:
    """The time of a worker's machine (seconds since 1970, UTC)."""
    return {"ok": time.time()}


@inspect_command()
def shared_settings(state: Any) -> dict[str, dict[str, Any]]:
    """What a worker has to set as every other process does."""
    return {"ok": identity.shared_settings()}


@inspect_command()
def database(state: Any) -> dict[str, str]:
    """By what a worker's database is known, unless it does not answer."""
    [answer] = outcomes([identity.database_birth], seconds=PATIENCE)
    return {"error": str(answer)} if isinstance(answer, Exception) else {"ok": answer}
