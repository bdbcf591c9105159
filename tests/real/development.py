"""`manage.py dev` as a person runs it: started, watched, interrupted; nothing may be left."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psutil

from tests.real.waiting import wait_until

# The servers, the migrations and seven Python processes, on two busy cores.
SECONDS_TO_START = 120
# Running tasks may take 10 s to end; then the brokers.
SECONDS_TO_STOP = 45


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Development:
    """A running `manage.py dev`."""

    def __init__(
        self,
        project: Path,
        command: list[str],
        environment: dict[str, str],
        options: list[str],
    ) -> None:
        self.project = project
        self.state = project / ".dev"
        self.port = free_port()
        self.flower_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._output = project.parent / "output.txt"
        self._mark = uuid4().hex
        with self._output.open("w") as output:
            self._process = subprocess.Popen(
                [*command, "dev", "--port", str(self.port), "--no-reload", *options],
                cwd=project,
                env={
                    **environment,
                    "FLOWER_PORT": str(self.flower_port),
                    "STARTED_BY_TEST": self._mark,
                    "PYTHONUNBUFFERED": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    def wait_until_ready(self) -> None:
        wait_until(self._is_ready_or_gone, SECONDS_TO_START, "a line that starts with ready")
        assert self._process.poll() is None, "it ended before it was ready"

    def _is_ready_or_gone(self) -> bool:
        said_so = any(line.startswith("ready") for line in self.output.splitlines())
        return said_so or self._process.poll() is not None

    def processes(self) -> list[psutil.Process]:
        """Return every process that was started, directly or not, by this one or it itself."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            mine = process.environ().get("STARTED_BY_TEST") == self._mark
            return mine or any(str(self.project) in part for part in process.cmdline())
        except psutil.Error:
            return False

    def command_lines(self) -> str:
        return "\n".join(" ".join(process.cmdline()) for process in self.processes())

    def interrupt(self) -> None:
        """Press Ctrl-C, as a terminal does: the whole foreground group hears it."""
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(SECONDS_TO_STOP)
        assert self.processes() == [], f"left behind:\n{self.command_lines()}"

    def kill(self) -> None:
        """Leave nothing behind, whatever happened."""
        for process in self.processes():
            process.kill()
        self._process.wait()


@contextmanager
def development(
    project: Path, command: list[str], environment: dict[str, str], options: list[str]
) -> Iterator[Development]:
    """Run `manage.py dev` of a project until the block ends."""
    running = Development(project, command, environment, options)
    try:
        running.wait_until_ready()
        yield running
    except BaseException:
        print(running.output[-10_000:])  # noqa: T201
        raise
    finally:
        running.kill()
