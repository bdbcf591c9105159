"""What workers can be asked by remote control, beyond what Celery brings."""

import time
from typing import Any

from celery.worker.control import inspect_command


@inspect_command()
def wall_clock(state: Any) -> dict[str, float]:
    """The time of a worker's machine (seconds since 1970, UTC)."""
    return {"ok": time.time()}
