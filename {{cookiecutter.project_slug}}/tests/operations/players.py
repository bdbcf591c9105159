"""Small processes for a runner to run."""

import re
import sys
from typing import Any

from tests.support.processes import Process

IDLE = "print('up'); signal.pause()"
# Has a child of its own, as a worker has.
PARENT = "subprocess.Popen(['sleep', '60']); print('up'); signal.pause()"
# Takes a second to finish when it is told to stop.
BUSY = """
def finish(*ignored):
    pause.wait(1)
    print('finished')
    sys.exit()
pause = threading.Event()
signal.signal(signal.SIGTERM, finish)
print('up')
while True:
    signal.pause()
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); threading.Event().wait(60)"
ONCE = "threading.Event().wait(0.5); print('done')"
BROKEN = "sys.exit('no such thing')"


def player(code: str) -> dict[str, Any]:
    """A process that runs some Python and answers once it has printed "up"."""
    prelude = "import os, signal, subprocess, sys, threading; print('pid', os.getpid())\n"
    return {"command": [sys.executable, "-c", prelude + code], "line": "up"}


def pids(stage: Process) -> list[int]:
    """The ids that the processes of a runner have printed."""
    return [int(pid) for pid in re.findall(r"pid (\d+)", stage.output)]
