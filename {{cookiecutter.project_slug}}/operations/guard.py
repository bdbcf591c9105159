"""Ends what a process started, when that process dies without doing so itself.

The guard is a process of its own, in a session of its own, that reads from a pipe which process
groups to end. The pipe closes when its writer is gone, however that died.
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class Guard:
    """Started with the first thing to guard; one for each process that starts others."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def end(self, group: int) -> None:
        """Kill this process group at the end, unless it is released before."""
        self._tell(f"end {group}")

    def remove(self, file: Path) -> None:
        """Remove this file at the end."""
        self._tell(f"remove {file}")

    def release(self, group: int) -> None:
        """Forget a process group that has ended; its number may become somebody else's."""
        self._tell(f"release {group}")

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._process is None:
                self._process = self._start()
            assert self._process.stdin
            print(line, file=self._process.stdin, flush=True)

    def _start(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            # Without site-packages it starts within milliseconds.
            [sys.executable, "-E", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        atexit.register(process.communicate)
        return process


guard = Guard()


def wait_for_end_of(lines: Iterable[str]) -> None:
    """Collect what to do until the pipe closes, and do it."""
    groups: set[int] = set()
    files: set[Path] = set()
    for line in lines:
        order, _, what = line.rstrip("\n").partition(" ")
        match order:
            case "end":
                groups.add(int(what))
            case "release":
                groups.discard(int(what))
            case "remove":
                files.add(Path(what))
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for file in files:
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    wait_for_end_of(sys.stdin)
