"""What the servers that we start ourselves have in common."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from operations.guard import guard
from operations.servers import ServerError, tied


class ServerProcess:
    """One process of a server, in a session of its own; what it prints goes to a log file."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = Path(command[0]).name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                _tied(command),
                cwd=log.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        guard.end(self._process.pid)

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process.poll() is None

    def wait_until(self, answers: Callable[[], bool], seconds: float) -> None:
        """Wait until it answers. Raises ServerError with the end of its log when it does not."""
        deadline = time.monotonic() + seconds
        while not answers():
            if not self.is_running or time.monotonic() > deadline:
                state = "does not answer" if self.is_running else "has ended"
                raise ServerError(f"{self.name} {state}: {self._last_words()}")
            time.sleep(0.05)

    def stop(self, seconds: float) -> None:
        """End it in good order, or by force when it takes longer."""
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End it, and whatever it has started, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        guard.release(self._process.pid)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return f"{lines[-1] if lines else 'it said nothing'} (see {self.log})"


def _tied(command: Sequence[str]) -> list[str]:
    """The command, such that it does not survive us even when the guard is killed as well."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-E", "-S", tied.__file__, *command]
