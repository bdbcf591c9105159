"""Plain Celery at work: two workers, a Beat or two, and what they are given to do."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from far_end import FarEnd
from operations.servers import Server
from plain import app, tell, tell_slowly
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
        self.far_end = far_end
        self.broker = broker
        self.pieces: list[str] = []
        self._folder = folder
        self._beats: list[Process] = []
        self._workers = [self._start_worker() for _ in range(2)]

    def publish(self, number: int) -> None:
        """Send so many pieces; one that the broker does not take is lost."""
        for _ in range(number):
            self.pieces.append(str(len(self.pieces)))
            try:
                tell.apply_async(self.pieces[-1:], retry=False)
            except Exception as error:
                print(f"not taken: {error}", file=sys.stderr)

    def begin_slow_pieces(self, number: int) -> None:
        """Send pieces that take until they are released, and wait until they have begun."""
        for _ in range(number):
            self.pieces.append(str(len(self.pieces)))
            tell_slowly.apply_async(self.pieces[-1:])
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
        worker = random.choice(self._workers)
        os.kill(random.choice(wait_until(lambda: descendants(worker.pid))), signal.SIGKILL)

    def kill_worker(self) -> None:
        """Kill a worker with all its processes, and start another."""
        _kill(self._workers.pop(0))
        self._workers.append(self._start_worker())

    def replace_worker(self) -> None:
        """Replace a worker as a deploy does."""
        worker = self._workers.pop(0)
        self._workers.append(self._start_worker())
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
        schedule = str(self._folder / f"schedule{random.randrange(10**6)}")
        self._beats.append(self._start("beat", "--schedule", schedule))

    def kill_beat(self) -> None:
        """Kill the Beat that was started first."""
        _kill(self._beats.pop(0))

    def stop(self) -> None:
        """End everything at once."""
        for process in (*self._workers, *self._beats):
            _kill(process)

    def _replace_dead_workers(self) -> None:
        for worker in list(self._workers):
            if worker.poll() is not None:
                self._workers.remove(worker)
                self._workers.append(self._start_worker())

    def _start_worker(self) -> Process:
        name = f"plain{random.randrange(10**6)}@%h"
        return self._start("worker", "--concurrency", "2", "--hostname", name)

    def _start(self, *command: str) -> Process:
        environment = os.environ | {"FAR_END": self.far_end.url, "PYTHONDONTWRITEBYTECODE": "1"}
        # The project's own, which importing its helpers has set.
        del environment["DJANGO_SETTINGS_MODULE"]
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "plain", *command],
            cwd=Path(__file__).parent,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _kill(process: Process) -> None:
    """End a process, and all that it has started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
