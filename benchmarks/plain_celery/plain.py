"""An application with a broker, some tasks and a schedule, and Celery's defaults for all else."""

import os
import signal
import time
from urllib.request import Request, urlopen

from celery import Celery

TICK_SECONDS = 3
# What a piece takes before it has its effect (seconds), so that faults find some under way.
WORK_SECONDS = 0.05

# Its broker is named by CELERY_BROKER_URL.
app = Celery("plain")
app.conf.beat_schedule = {"tick": {"task": "plain.tick", "schedule": TICK_SECONDS}}


@app.task
def tell(name: str) -> None:
    """Do a piece, and tell the far end."""
    time.sleep(WORK_SECONDS)
    _post(name)


@app.task
def tell_slowly(name: str) -> None:
    """Do a piece that takes until the far end releases it, and tell it."""
    _post("wait")
    _post(name)


@app.task
def never_end() -> None:
    """Hold a process for good."""
    while True:
        time.sleep(1)


@app.task
def tick() -> None:
    """Tell the far end of a tick."""
    _post("tick")


@app.task
def kill(victim: str) -> None:
    """Take along the process that runs this, or its whole worker."""
    if victim == "worker":
        os.killpg(os.getpgid(0), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _post(path: str) -> None:
    with urlopen(Request(f"{os.environ['FAR_END_URL']}/{path}", data=b"")):
        pass
