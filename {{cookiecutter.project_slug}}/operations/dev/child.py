"""One process of the project, run by the development runner."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from config.paths import BASE_DIR
from config.processes import Process
from operations.guard import guard


class Child:
    """A process in a session of its own, so that a Ctrl-C in the terminal is ours to hand on.

    What it prints goes line by line to `on_line`, with its name.
    """

    def __init__(
        self,
        name: str,
        process: Process,
        environment: Mapping[str, str],
        on_line: Callable[[str, str], None],
    ) -> None:
        self.name = name
        self.process = process
        self.last_lines: deque[str] = deque(maxlen=12)
        self.has_written_its_line = False
        self._environment = {**environment, **process.environment, "PYTHONUNBUFFERED": "1"}
        self._on_line = on_line
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether its main process lives."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it; whether it answers is another question."""
        self.last_lines.clear()
        self.has_written_its_line = False
        # A pipe of our own: asyncio's would make `wait` wait for whoever else holds it.
        reader, writer = os.pipe()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self.process.command,
                cwd=BASE_DIR,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writer,
                stderr=writer,
                start_new_session=True,
            )
        finally:
            os.close(writer)
        guard.end(self._process.pid)
        self._listen(reader)

    async def wait(self) -> int:
        """Wait for the end of its main process; the exit status, negative for a signal."""
        assert self._process
        return await self._process.wait()

    async def stop(self, grace: float) -> None:
        """Send its signals in turn, `grace` seconds apart, and end by force what is left.

        Only the main process gets them: a worker's children would drop their tasks.
        """
        for signum in self.process.stop:
            if not self.is_running:
                break
            assert self._process
            self._process.send_signal(signum)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace)
        if self._process:
            self.kill()
            await self._process.wait()
            guard.release(self._process.pid)
            self._process = None

    def kill(self) -> None:
        """End it and whatever it has started at once."""
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _listen(self, reader: int) -> None:
        loop = asyncio.get_running_loop()
        rest = b""

        def read() -> None:
            nonlocal rest
            chunk = os.read(reader, 65536)
            *lines, rest = (rest + chunk).split(b"\n")
            if not chunk:
                loop.remove_reader(reader)
                os.close(reader)
                lines = [rest] if rest else []
            for line in lines:
                self._take(line.decode(errors="replace").rstrip())

        loop.add_reader(reader, read)

    def _take(self, line: str) -> None:
        self.last_lines.append(line)
        self.has_written_its_line |= bool(self.process.line) and self.process.line in line
        self._on_line(self.name, line)
