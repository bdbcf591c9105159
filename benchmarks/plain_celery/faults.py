"""The faults of a generated project's tests/faults, on plain Celery.

Runs in a generated project, whose servers and helpers it uses, with FAULT_SCALE and FAULT_REPORT as
they have them. A fault that needs what plain Celery has not, such as a database, is left out.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path.cwd()), str(Path(__file__).parent)]

import redis  # noqa: E402
from config.processes import SERVERS  # noqa: E402
from far_end import far_end  # noqa: E402
from operations.servers import Server, choose_servers  # noqa: E402
from plain import TICK_SECONDS, kill  # noqa: E402
from plain_site import PlainSite  # noqa: E402

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
PIECES, FAULTS = 100 * SCALE, 3 * SCALE
# How long a broker is frozen (seconds).
FROZEN = 8.0
# The pieces that take longer than a worker gets to stop.
SLOW_PIECES = 2


@dataclass
class Count:
    """What was counted under one fault."""

    faults: int
    pieces: int
    lost: int
    twice: int


type Experiment = Callable[[PlainSite], Count]


def strike(site: PlainSite, fault: Callable[[PlainSite], object]) -> None:
    """Repeat a fault, each time amid a portion of work."""
    for _ in range(FAULTS):
        site.publish(PIECES // FAULTS)
        site.wait_for_progress(PIECES // FAULTS // 4)
        fault(site)


def repeatedly(fault: Callable[[PlainSite], object]) -> Experiment:
    """A fault that is repeated, and no more than that."""

    def apply(site: PlainSite) -> Count:
        strike(site, fault)
        return judge(site, FAULTS)

    return apply


def deploy(site: PlainSite) -> Count:
    """Replace the workers one after another, with tasks that take longer than they get."""
    site.begin_slow_pieces(SLOW_PIECES)
    strike(site, PlainSite.replace_worker)
    site.far_end.released.set()
    return judge(site, FAULTS)


def freeze(site: PlainSite) -> Count:
    """Have the broker answer nothing for a while."""
    site.publish(PIECES)
    site.wait_for_progress(PIECES // 4)
    for signum, seconds in ((signal.SIGSTOP, FROZEN), (signal.SIGCONT, 0.0)):
        for pid in site.broker.pids:
            os.killpg(pid, signum)
        time.sleep(seconds)
    return judge(site, 1)


def publish_without_broker(site: PlainSite) -> Count:
    """Publish while the broker is away; a few pieces, of which each waits six seconds for it."""
    site.broker.kill()
    site.publish(FAULTS)
    restart(site)
    return judge(site, 1)


def publish_without_room(site: PlainSite) -> Count:
    """Publish half of the work while Redis has no room left."""
    with broker_client() as client:
        client.config_set("maxmemory", "1mb")
        site.publish(PIECES // 2)
        client.config_set("maxmemory", "0")
    site.publish(PIECES // 2)
    return judge(site, 1)


def publish_three_times(site: PlainSite) -> Count:
    """Send every message twice more."""
    site.publish(PIECES)
    site.publish_again(2)
    return judge(site, PIECES)


def poison(victim: str) -> Experiment:
    """A task that takes its process along; only its neighbours are counted."""

    def apply(site: PlainSite) -> Count:
        site.publish(PIECES // 4)
        kill.delay(victim)
        site.publish(PIECES // 4)
        return judge(site, 1)

    return apply


def two_beats(fault: Callable[[PlainSite], object]) -> Experiment:
    """A fault that is repeated, each time between the ticks of two Beats."""

    def apply(site: PlainSite) -> Count:
        site.start_beat()
        site.start_beat()
        site.wait_for_ticks(2)
        for _ in range(FAULTS):
            fault(site)
            site.wait_for_ticks(2)
        return judge_ticks(site)

    return apply


def restart(site: PlainSite) -> None:
    """Stop the broker in good order, and start it again with its data."""
    site.broker.stop()
    site.broker.start()


def kill_and_restart(site: PlainSite) -> None:
    """Kill the broker, and start it again with what it had written."""
    site.broker.kill()
    restart(site)


def kill_for_a_tick(site: PlainSite) -> None:
    """Have the broker away while a tick is due."""
    site.broker.kill()
    time.sleep(TICK_SECONDS)
    restart(site)


def empty_redis(_: PlainSite) -> None:
    """Throw everything away that Redis has."""
    with broker_client() as client:
        client.flushall()


def replace_beat(site: PlainSite) -> None:
    """Kill a Beat, and start another one."""
    site.kill_beat()
    site.start_beat()


def broker_client() -> redis.Redis:
    """A client of the broker, where that is Redis."""
    return redis.Redis.from_url(os.environ["CELERY_BROKER_URL"])


def judge(site: PlainSite, faults: int) -> Count:
    """What became of the pieces, once nothing happens any more."""
    site.settle()
    told = [len(site.far_end.told[piece]) for piece in site.pieces]
    return Count(
        faults=faults,
        pieces=len(told),
        lost=told.count(0),
        twice=sum(times - 1 for times in told if times),
    )


def judge_ticks(site: PlainSite) -> Count:
    """What became of the ticks that were due from the first one to the last."""
    told = site.far_end.told["tick"]
    ticks = {round((at - told[0]) / TICK_SECONDS) for at in told}
    due = max(ticks) + 1
    return Count(faults=FAULTS, pieces=due, lost=due - len(ticks), twice=len(told) - len(ticks))


EXPERIMENTS: dict[str, Experiment] = {
    "kill -9 of a pool child": repeatedly(PlainSite.kill_child),
    "kill -9 of a worker": repeatedly(PlainSite.kill_worker),
    "SIGTERM deploy": deploy,
    "broker restarted": repeatedly(restart),
    "broker killed with -9": repeatedly(kill_and_restart),
    "broker frozen": freeze,
    "broker emptied": repeatedly(PlainSite.empty_broker),
    "broker away while requests come in": publish_without_broker,
    "every message three times": publish_three_times,
    "task kills its child": poison("child"),
    "task kills its worker": poison("worker"),
    "kill -9 of the leading Beat": two_beats(replace_beat),
    "broker away, two Beats": two_beats(kill_for_a_tick),
}
# Without a result backend, nothing else of plain Celery needs Redis.
ON_REDIS: dict[str, Experiment] = {
    "Redis at maxmemory": publish_without_room,
    "Redis emptied, two Beats": two_beats(empty_redis),
}


def run(experiment: Experiment) -> Count:
    """Run an experiment on servers and workers of its own."""
    with running_servers() as (folder, broker), far_end() as receiver:
        site = PlainSite(folder, receiver, broker)
        try:
            return experiment(site)
        finally:
            site.stop()


@contextmanager
def running_servers() -> Iterator[tuple[Path, Server]]:
    """The servers of the project, named in the environment; a folder for all data, the broker."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        servers = choose_servers(folder, temporary=True)
        for server in servers:
            os.environ.update(server.environment)
            server.start()
            stack.callback(server.stop)
        os.environ.setdefault("CELERY_BROKER_URL", f"{os.environ.get('REDIS_URL')}/0")
        yield folder, servers[-1]


def run_all() -> None:
    """Run each experiment in a process of its own, because Celery keeps the broker's address."""
    on_redis = not any("rabbitmq" in name for name in SERVERS)
    for name in EXPERIMENTS | (ON_REDIS if on_redis else {}):
        subprocess.run([sys.executable, __file__, name], check=True)


def report(fault: str, count: Count) -> None:
    """Print what was counted, and add it to the report if one is wanted."""
    line = json.dumps(
        {"fault": fault, "kind": "plain Celery", "seconds": None, "repeated": 0, **vars(count)}
    )
    print(line)
    if file := os.environ.get("FAULT_REPORT"):
        with Path(file).open("a", encoding="utf-8") as lines:
            print(line, file=lines)


if __name__ == "__main__":
    if names := sys.argv[1:]:
        report(names[0], run((EXPERIMENTS | ON_REDIS)[names[0]]))
    else:
        run_all()
