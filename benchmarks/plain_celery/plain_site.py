"""Plain Celery at work: two workers, a Beat or two, and what they are given to do."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from far_end import FarEnd
from operations.servers import Server
from plain import app, tell, tell_slowly
from tests.faults.host import Host
from tests.operations.watching import descendants
from tests.support.waiting import wait_until

# Nothing has happened for so long: nothing will (seconds). A message that a dead worker held comes
# back after an hour on Redis, which nobody waits for here; it would not be lost but an hour late.
PATIENCE = 30.0
# What Docker gives a container that it stops, before it kills it (seconds).
GRACE = 10.0

type Process = subprocess.Popen[bytes]


class PlainSite:
    """Workers with two processes each, and the pieces of work that they were given."""

    def __init__(self, folder: Path, far_end: FarEnd, broker: Server) -> None:
        self.folder = folder
        self.far_end = far_end
        self.broker = broker
        self.pieces: list[str] = []
        self._beats: list[Process] = []
        self._workers: list[Process] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a worker finds the broker and the far end."""
        broker = os.environ["CELERY_BROKER_URL"]
        return {"CELERY_BROKER_URL": broker, "FAR_END_URL": self.far_end.url}

    def start(self) -> None:
        """Start two workers."""
        for _ in range(2):
            self.start_worker()

    def start_worker(
        self, module: str = "plain", host: Host | None = None, **environment: str
    ) -> None:
        """Start one worker more, if need be on another host."""
        name = f"plain{random.randrange(10**6)}@%h"
        command = _celery(module, "worker", "--concurrency", "2", "--hostname", name)
        if host:
            command = host.command(*command)
        self._workers.append(self._start(command, **environment))

    def publish(self, number: int, countdown: float | None = None, at_a_time: int = 1) -> None:
        """Send so many pieces, due in `countdown` seconds; one that is not taken is lost."""

        def send(piece: str) -> None:
            try:
                tell.apply_async([piece], retry=False, countdown=countdown)
            except Exception as error:
                print(f"not taken: {error}", file=sys.stderr)

        with ThreadPoolExecutor(at_a_time) as senders:
            senders.map(send, self._new_pieces(number))

    def begin_slow_pieces(self, number: int) -> None:
        """Send pieces that take until they are released, and wait until they have begun."""
        for piece in self._new_pieces(number):
            tell_slowly.delay(piece)
        wait_until(lambda: self.far_end.waiting >= number)

    def publish_again(self, times: int) -> None:
        """Send every piece so many times more."""
        for piece in self.pieces:
            for _ in range(times):
                tell.delay(piece)

    def wait_for_progress(self, pieces: int) -> None:
        """Wait until so many more are done, if they ever are."""
        goal = len(self.far_end.told) + pieces
        try:
            wait_until(lambda: len(self.far_end.told) >= goal, timeout=PATIENCE, every=0.01)
        except AssertionError:
            print("no progress any more", file=sys.stderr)

    def wait_for_ticks(self, number: int) -> None:
        """Wait until so many more ticks have run."""
        goal = len(self.far_end.told["tick"]) + number
        wait_until(lambda: len(self.far_end.told["tick"]) >= goal)

    def settle(self) -> None:
        """Wait until nothing happens any more; dead workers are replaced, as by a supervisor."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < PATIENCE:
            self._replace_dead_workers()
            if (now := self.far_end.total) != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.5)

    def kill_child(self) -> None:
        """Kill one of the processes that run tasks."""
        os.kill(self._any_child(), signal.SIGKILL)

    def freeze_child(self, seconds: float) -> None:
        """Have one of the processes that run tasks stand still for a while."""
        child = self._any_child()
        os.kill(child, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(child, signal.SIGCONT)

    def kill_worker(self) -> None:
        """Kill a worker with all its processes, and start another."""
        _kill(self._workers.pop(0))
        self.start_worker()

    def replace_worker(self) -> None:
        """Replace a worker as a deploy does."""
        worker = self._workers.pop(0)
        self.start_worker()
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(GRACE)
        except subprocess.TimeoutExpired:
            _kill(worker)

    def empty_broker(self) -> None:
        """Throw all waiting messages away."""
        app.control.purge()

    def start_beat(self) -> None:
        """Start one more Beat, with a schedule file of its own."""
        schedule = str(self.folder / f"schedule{random.randrange(10**6)}")
        self._beats.append(self._start(_celery("plain", "beat", "--schedule", schedule)))

    def kill_beat(self) -> None:
        """Kill the Beat that was started first."""
        _kill(self._beats.pop(0))

    def stop(self) -> None:
        """End everything at once."""
        for process in (*self._workers, *self._beats):
            _kill(process)

    def _new_pieces(self, number: int) -> list[str]:
        """The names of so many pieces more."""
        names = [str(len(self.pieces) + each) for each in range(number)]
        self.pieces += names
        return names

    def _any_child(self) -> int:
        worker = random.choice(self._workers)
        return random.choice(wait_until(lambda: descendants(worker.pid)))

    def _replace_dead_workers(self) -> None:
        for worker in list(self._workers):
            if worker.poll() is not None:
                self._workers.remove(worker)
                self.start_worker()

    def _start(self, command: Sequence[str], **environment: str) -> Process:
        environment = os.environ | self.environment | environment
        # The project's own, which importing its helpers has set.
        del environment["DJANGO_SETTINGS_MODULE"]
        return subprocess.Popen(
            command,
            cwd=Path(__file__).parent,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _celery(module: str, *command: str) -> list[str]:
    """A command of Celery for the application of a module."""
    return [sys.executable, "-m", "celery", "--app", module, *command]


def _kill(process: Process) -> None:
    """End a process, and all that it has started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
