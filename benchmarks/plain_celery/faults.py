"""The faults of a generated project's tests/faults, on plain Celery.

Runs in a generated project, whose servers and helpers it uses, with FAULT_SCALE and FAULT_REPORT as
they have them.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path[:0] = [str(Path.cwd()), str(Path(__file__).parent)]

from operations.servers import Server, choose_servers  # noqa: E402
from tests.operations.watching import descendants  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
PIECES, FAULTS = 100 * SCALE, 3 * SCALE
# Nothing has happened for so long: nothing will (seconds). A message that a dead worker held comes
# back after an hour on Redis, which nobody waits for here; it would not be lost but an hour late.
PATIENCE = 30.0
# What Docker gives a container that it stops, before it kills it (seconds).
GRACE = 10.0


class FarEnd(ThreadingHTTPServer):
    """Counts how often each piece was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.told: Counter[int] = Counter()


class _Request(BaseHTTPRequestHandler):
    server: FarEnd

    def do_POST(self) -> None:
        self.server.told[int(self.path.strip("/"))] += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Plain:
    """Two workers with two processes each, and the work that they are given."""

    def __init__(self, far_end: FarEnd, broker: Server) -> None:
        self.far_end = far_end
        self.broker = broker
        self.workers = [self._start_worker() for _ in range(2)]
        self.published = 0

    def publish(self, number: int) -> None:
        """Send so many pieces; one that the broker does not take is lost."""
        from plain import tell

        for _ in range(number):
            try:
                tell.apply_async((self.published,), retry=False)
            except Exception as error:
                print(f"not taken: {error}", file=sys.stderr)
            self.published += 1

    def wait_for_progress(self, pieces: int) -> None:
        """Wait until so many more are done."""
        goal = len(self.far_end.told) + pieces
        try:
            wait_until(lambda: len(self.far_end.told) >= goal, timeout=PATIENCE)
        except AssertionError:
            print("no progress any more", file=sys.stderr)

    def kill_child(self) -> None:
        """Kill one of the processes that run tasks."""
        worker = random.choice(self.workers)
        os.kill(random.choice(wait_until(lambda: descendants(worker.pid))), signal.SIGKILL)

    def kill_worker(self) -> None:
        """Kill a worker with all its processes, and start another."""
        worker = self.workers.pop(0)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.workers.append(self._start_worker())

    def replace_worker(self) -> None:
        """Replace a worker as a deploy does."""
        worker = self.workers.pop(0)
        self.workers.append(self._start_worker())
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def restart_broker(self) -> None:
        """Stop the broker in good order, and start it again with its data."""
        self.broker.stop()
        self.broker.start()

    def kill_broker(self) -> None:
        """Kill the broker, and start it again with what it had written."""
        self.broker.kill()
        self.restart_broker()

    def freeze_broker(self) -> None:
        """Let the broker answer nothing for a while."""
        for signum, seconds in ((signal.SIGSTOP, 8.0), (signal.SIGCONT, 0.0)):
            for pid in self.broker.pids:
                os.killpg(pid, signum)
            time.sleep(seconds)

    def empty_broker(self) -> None:
        """Throw all waiting messages away."""
        from plain import app

        app.control.purge()

    def double(self) -> None:
        """Send every piece twice more."""
        from plain import tell

        for number in range(self.published):
            for _ in range(2):
                tell.delay(number)

    def settle(self) -> None:
        """Wait until nothing happens any more."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < PATIENCE:
            if (now := self.far_end.told.total()) != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.5)

    def stop(self) -> None:
        """End the workers at once."""
        for worker in self.workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def _start_worker(self) -> "subprocess.Popen[bytes]":
        name = f"plain{random.randrange(10**6)}@%h"
        environment = os.environ | {"FAR_END": self.far_end.url, "PYTHONDONTWRITEBYTECODE": "1"}
        # The project's own, which importing its helpers has set.
        del environment["DJANGO_SETTINGS_MODULE"]
        command = [sys.executable, "-m", "celery", "-A", "plain", "worker", "-c", "2", "-n", name]
        return subprocess.Popen(
            command,
            cwd=Path(__file__).parent,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def repeatedly(fault: Callable[[Plain], None]) -> Callable[[Plain], int]:
    """A fault that is repeated while work is done; how often it was."""

    def apply(plain: Plain) -> int:
        for _ in range(FAULTS):
            plain.wait_for_progress(PIECES // FAULTS // 4)
            fault(plain)
        return FAULTS

    return apply


def once(fault: Callable[[Plain], None]) -> Callable[[Plain], int]:
    """A fault that happens once."""

    def apply(plain: Plain) -> int:
        fault(plain)
        return 1

    return apply


EXPERIMENTS = {
    "kill -9 of a pool child": repeatedly(Plain.kill_child),
    "kill -9 of a worker": repeatedly(Plain.kill_worker),
    "SIGTERM deploy": repeatedly(Plain.replace_worker),
    "broker restarted": repeatedly(Plain.restart_broker),
    "broker killed with -9": repeatedly(Plain.kill_broker),
    "broker frozen": once(Plain.freeze_broker),
    "broker emptied": repeatedly(Plain.empty_broker),
    "every message three times": once(Plain.double),
}


def experiment(name: str) -> dict[str, object]:
    """Run one fault on servers of its own; what was counted."""
    far_end = FarEnd()
    threading.Thread(target=far_end.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        servers = choose_servers(Path(folder), temporary=True)
        for server in servers:
            os.environ.update(server.environment)
        redis_url = os.environ.get("REDIS_URL", "")
        os.environ.setdefault("CELERY_BROKER_URL", f"{redis_url}/0")
        for server in servers:
            server.start()
        plain = Plain(far_end, servers[-1])
        try:
            plain.publish(PIECES)
            faults = EXPERIMENTS[name](plain)
            plain.settle()
        finally:
            plain.stop()
            for server in reversed(servers):
                server.stop()
            far_end.shutdown()
    told = far_end.told
    return {
        "fault": name,
        "faults": faults,
        "seconds": None,
        "kind": "plain Celery",
        "pieces": plain.published,
        "lost": sum(not told[number] for number in range(plain.published)),
        "twice": sum(told[number] - 1 for number in told if told[number] > 1),
        "repeated": 0,
    }


def main(names: list[str]) -> None:
    # In a process each, because Celery keeps the broker's address.
    if not names:
        for name in EXPERIMENTS:
            subprocess.run([sys.executable, __file__, name], check=True)
        return
    line = json.dumps(experiment(names[0]))
    print(line)
    if report := os.environ.get("FAULT_REPORT"):
        with Path(report).open("a", encoding="utf-8") as lines:
            print(line, file=lines)


if __name__ == "__main__":
    main(sys.argv[1:])
