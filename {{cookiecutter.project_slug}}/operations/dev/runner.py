"""The runner: starts servers and processes, keeps them running, and leaves nothing behind."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery.app.control import Control
from watchfiles import awatch

from config.paths import BASE_DIR
from config.processes import Process
from operations.dev.child import Child
from operations.dev.code import CodeFilter
from operations.dev.console import Console
from operations.dev.readiness import answers
from operations.servers import Server, ServerError

# What a running task gets to finish when its process is stopped, and again to be handed back
# (seconds).
GRACE = 10.0
# A process that does not answer for so long after its start never will (seconds).
START_LIMIT = 90.0
# The pause before a process that died is started again, doubled each time up to the longest, and
# the life after which it counts as healthy again (seconds).
FIRST_PAUSE, LONGEST_PAUSE, HEALTHY = 1.0, 30.0, 60.0
# `uv run` hands on a Ctrl-C that the terminal has sent to us too; a person takes longer (seconds).
ECHO = 0.5


class StartError(Exception):
    """Something did not start; the text says what, and its last words."""


class Runner:
    """Runs the given servers and processes until it is told to stop by INT, TERM or HUP.

    `prepare` is called when the servers are there; then those of `before` run to their end, one
    after another, before the processes start. `announce` is called when everything answers, with
    the seconds it took. `control` reaches Celery's nodes. A second signal ends everything at once.
    """

    def __init__(
        self,
        *,
        servers: Sequence[Server],
        before: Mapping[str, Process],
        processes: Mapping[str, Process],
        environment: Mapping[str, str],
        watched: Sequence[Path],
        prepare: Callable[[], None],
        announce: Callable[[float], None],
        control: Control,
        console: Console,
    ) -> None:
        def children(group: Mapping[str, Process]) -> list[Child]:
            return [Child(name, each, environment, console.line) for name, each in group.items()]

        self._servers = servers
        self._before = children(before)
        self._children = children(processes)
        self._watched = watched
        self._prepare = prepare
        self._announce = announce
        self._control = control
        self._console = console
        self._keepers: dict[Child, asyncio.Task[None]] = {}
        self._main: asyncio.Task[Any] | None = None
        self._is_up = asyncio.Event()
        self._stopping = False
        self._told_at = 0.0
        # Killed, uv takes nobody along; without it no starter is expected to stay.
        self._starter = os.getppid() if "UV_RUN_RECURSION_DEPTH" in os.environ else None

    async def run(self) -> None:
        """Start everything, keep it running and stop it when told to.

        Raises StartError or ServerError when something does not start; then nothing runs any more.
        """
        loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(signum, self._told_to_stop)
        try:
            async with asyncio.TaskGroup() as group:
                await self._live(group)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        except ExceptionGroup as failures:
            raise _first_of(failures) from None
        finally:
            self._stopping = True
            await self._stop()

    def _told_to_stop(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._stopping:
            self._stopping = True
            self._told_at = now
            self._console.say(
                f"stopping: running tasks get {GRACE:.0f} s to finish; Ctrl-C again stops at once"
            )
            if self._main:
                self._main.cancel()
        elif now - self._told_at > ECHO:
            self._console.say("stopping at once")
            for child in (*self._before, *self._children):
                child.kill()
            for server in self._servers:
                server.kill()

    async def _live(self, group: asyncio.TaskGroup) -> None:
        """Start everything, and leave it to tasks of the group that keep it running."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._watched:
            # Before any process has read the code, so that no change is missed.
            group.create_task(self._follow_the_code(group))
        await self._start()
        for child in self._children:
            self._keepers[child] = group.create_task(self._keep(child))
        for server in self._servers:
            group.create_task(self._keep_server(server))
        group.create_task(self._follow_the_starter())
        self._is_up.set()
        self._announce(loop.time() - began)

    async def _start(self) -> None:
        names = [*(server.name for server in self._servers), *(c.name for c in self._children)]
        self._console.say(f"starting {', '.join(names)}")
        async with asyncio.TaskGroup() as group:
            for server in self._servers:
                group.create_task(asyncio.to_thread(server.start))
        await asyncio.to_thread(self._prepare)
        for child in self._before:
            await self._run_to_its_end(child)
        for child in self._children:
            await child.start()
        await self._wait_until_ready(self._children)

    async def _run_to_its_end(self, child: Child) -> None:
        await child.start()
        status = await child.wait()
        await child.stop(GRACE)
        if status:
            raise StartError(
                f"{child.name} failed ({_meaning(status)}), so nothing else was started; what it "
                "said stands above"
            )

    async def _wait_until_ready(self, children: Sequence[Child]) -> None:
        async with asyncio.TaskGroup() as group:
            for child in children:
                group.create_task(self._wait_for(child))

    async def _wait_for(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + START_LIMIT
        while not await answers(child, self._control):
            if not child.is_running:
                raise StartError(_last_words(child, "ended while starting"))
            if loop.time() > deadline:
                raise StartError(_last_words(child, f"did not answer within {START_LIMIT:.0f} s"))
            await asyncio.sleep(0.1)

    async def _keep(self, child: Child) -> None:
        """Start a process again whenever it dies by itself."""
        loop = asyncio.get_running_loop()
        pause = FIRST_PAUSE
        while True:
            started = loop.time()
            status = await child.wait()
            if loop.time() - started > HEALTHY:
                pause = FIRST_PAUSE
            self._console.say(
                f"{child.name} died by itself ({_meaning(status)}); starting again in {pause:.0f} s"
            )
            await child.stop(GRACE)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await child.start()

    async def _keep_server(self, server: Server) -> None:
        """Start a server again, on the same port and data, when it died by itself."""
        pause = FIRST_PAUSE
        while True:
            await asyncio.sleep(pause)
            if server.is_running:
                pause = FIRST_PAUSE
                continue
            self._console.say(f"{server.name} died by itself; starting again")
            await asyncio.to_thread(server.stop)
            try:
                await asyncio.to_thread(server.start)
            except ServerError as error:
                self._console.say(str(error))
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _follow_the_code(self, group: asyncio.TaskGroup) -> None:
        """Restart the processes that run the code when it changes."""
        loop = asyncio.get_running_loop()
        children = [child for child in self._children if child.process.code]
        async for changes in awatch(*self._watched, watch_filter=CodeFilter()):
            await self._is_up.wait()
            file = Path(min(path for _, path in changes))
            names = ", ".join(child.name for child in children)
            path = file.relative_to(BASE_DIR, walk_up=True)
            self._console.say(f"{path} changed: restarting {names}")
            began = loop.time()
            await asyncio.gather(*(self._restart(child, group) for child in children))
            # Code that does not even start is reported by the keepers, and changed again soon.
            with suppress(StartError):
                await self._wait_until_ready(children)
                self._console.say(f"restarted in {loop.time() - began:.1f} s")

    async def _restart(self, child: Child, group: asyncio.TaskGroup) -> None:
        self._keepers[child].cancel()
        await child.stop(GRACE)
        await child.start()
        self._keepers[child] = group.create_task(self._keep(child))

    async def _follow_the_starter(self) -> None:
        """Stop when nobody is left to read what we write or to end us."""
        while not self._console.is_lost and self._starter in (None, os.getppid()):
            await asyncio.sleep(1)
        self._told_to_stop()

    async def _stop(self) -> None:
        """End the processes, and after them the servers on which they finish their work."""
        children = (*self._before, *self._children)
        await asyncio.gather(*(child.stop(GRACE) for child in children))
        for server in reversed(self._servers):
            await asyncio.to_thread(server.stop)


def _last_words(child: Child, what: str) -> str:
    said = "".join(f"\n    {line}" for line in child.last_lines) or " nothing"
    return f"{child.name} {what}; it said last:{said}"


def _first_of(failures: ExceptionGroup[Exception]) -> Exception:
    failure: Exception = failures
    while isinstance(failure, ExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def _meaning(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
