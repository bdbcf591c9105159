"""The faults of a generated project's tests/faults, on plain Celery.

Runs in a generated project, whose servers and helpers it uses, with FAULT_SCALE and FAULT_REPORT as
they have them. A fault of what plain Celery has not, such as a database, is left out.
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
from plain import TICK_SECONDS, app, kill, never_end, tell  # noqa: E402
from plain_site import PlainSite  # noqa: E402
from tests.faults.host import another_host, is_possible, seen_from  # noqa: E402
from tests.faults.link import Link  # noqa: E402
from tests.support.serving import serving  # noqa: E402

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
PIECES, FAULTS = 100 * SCALE, 3 * SCALE
# How long a broker or a process is frozen (seconds).
FROZEN = 8.0
# How long a worker is cut off (seconds): longer than either broker of `impatient` waits for it.
CUT_OFF = 20.0
# Four times what Redis gives a worker of `impatient` (seconds).
LONG_COUNTDOWN = 8.0
# How many send at a time while nobody takes anything, which each finds out after six seconds.
VISITORS = 100
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
        site.start()
        strike(site, fault)
        return judge(site, FAULTS)

    return apply


def deploy(site: PlainSite) -> Count:
    """Replace the workers one after another, with tasks that take longer than they get."""
    site.start()
    site.begin_slow_pieces(SLOW_PIECES)
    strike(site, PlainSite.replace_worker)
    site.far_end.released.set()
    return judge(site, FAULTS)


def freeze(site: PlainSite) -> Count:
    """Have the broker answer nothing for a while."""
    site.start()
    site.publish(PIECES)
    site.wait_for_progress(PIECES // 4)
    for signum, seconds in ((signal.SIGSTOP, FROZEN), (signal.SIGCONT, 0.0)):
        for pid in site.broker.pids:
            os.killpg(pid, signum)
        time.sleep(seconds)
    return judge(site, 1)


def freeze_child(site: PlainSite) -> Count:
    """Have a process that runs tasks stand still for a while."""
    site.start()
    site.publish(PIECES // 2)
    site.wait_for_progress(PIECES // 8)
    site.freeze_child(FROZEN)
    return judge(site, 1)


def cut_link(site: PlainSite) -> Count:
    """Cut the link between a worker and the broker."""
    with serving(Link(site.environment["CELERY_BROKER_URL"])) as link:
        site.start_worker("impatient", CELERY_BROKER_URL=link.url)
        return cut_off(site, link.cut, link.mend)


def unplug(site: PlainSite) -> Count:
    """Take the network from the host of a worker."""
    with another_host(site.folder) as host, seen_from(host, site.environment) as servers:
        site.start_worker("impatient", host, **servers)
        return cut_off(site, host.unplug, host.plug_in)


def cut_off(site: PlainSite, cut: Callable[[], None], mend: Callable[[], None]) -> Count:
    """Cut the only worker off amid its work, and start another one meanwhile."""
    site.publish(PIECES // 2)
    site.wait_for_progress(PIECES // 8)
    cut()
    site.start_worker("impatient")
    time.sleep(CUT_OFF)
    mend()
    return judge(site, 1)


def publish_without_broker(site: PlainSite) -> Count:
    """Publish while the broker is away."""
    site.start()
    # None waits for the connection of another, as little as in many processes of a web server.
    app.conf.broker_pool_limit = VISITORS
    site.broker.kill()
    site.publish(PIECES, at_a_time=VISITORS)
    restart(site)
    return judge(site, 1)


def publish_without_room(site: PlainSite) -> Count:
    """Publish half of the work while Redis has no room left."""
    site.start()
    with redis_client() as client:
        client.config_set("maxmemory", "1mb")
        site.publish(PIECES // 2)
        client.config_set("maxmemory", "0")
    site.publish(PIECES // 2)
    return judge(site, 1)


def publish_three_times(site: PlainSite) -> Count:
    """Send every message twice more."""
    site.start()
    site.publish(PIECES)
    site.publish_again(2)
    return judge(site, PIECES)


def delay_for_long(site: PlainSite) -> Count:
    """Have a piece wait at a worker for longer than Redis waits for its end."""
    for _ in range(2):
        site.start_worker("impatient")
    # First, or it would be due before a worker comes to it.
    site.publish(1, countdown=LONG_COUNTDOWN)
    site.publish(PIECES // 2)
    return judge(site, 1)


def poison(victim: str) -> Experiment:
    """A task that takes its process along; only its neighbours are counted."""

    def apply(site: PlainSite) -> Count:
        site.start()
        site.publish(PIECES // 4)
        kill.delay(victim)
        site.publish(PIECES // 4)
        return judge(site, 1)

    return apply


def send_what_can_not_be_done(site: PlainSite) -> Count:
    """Tasks that never end, or do not fit the code any more; only their neighbours are counted.

    None eats memory, because nothing would keep it from taking all that the machine has.
    """
    site.start()
    site.publish(PIECES // 4)
    never_end.delay()
    app.send_task("plain.long_forgotten", ["a name"])
    app.send_task(tell.name, ["one", "too many"])
    site.publish(PIECES // 4)
    return judge(site, 3)


def two_beats(fault: Callable[[PlainSite], object]) -> Experiment:
    """A fault that is repeated, each time between the ticks of two Beats."""

    def apply(site: PlainSite) -> Count:
        site.start()
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
    """Throw everything away that Redis has, every database of it."""
    with redis_client() as client:
        client.flushall()


def forget_everything(site: PlainSite) -> None:
    """Empty Redis, and the queue of the broker."""
    empty_redis(site)
    site.empty_broker()


def replace_beat(site: PlainSite) -> None:
    """Kill a Beat, and start another one."""
    site.kill_beat()
    site.start_beat()


def redis_client() -> redis.Redis:
    """A client of Redis, which is the broker where RabbitMQ is not."""
    return redis.Redis.from_url(os.environ["REDIS_URL"])


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
    "broker emptied": repeatedly(forget_everything),
    "broker away while requests come in": publish_without_broker,
    "link between worker and broker cut": cut_link,
    "every message three times": publish_three_times,
    "process frozen past its lease": freeze_child,
    "countdown longer than the visibility time-out": delay_for_long,
    "task kills its child": poison("child"),
    "task kills its worker": poison("worker"),
    "tasks that can not be done": send_what_can_not_be_done,
    "kill -9 of the leading Beat": two_beats(replace_beat),
    "broker away, two Beats": two_beats(kill_for_a_tick),
}
# Without a result backend, nothing else of plain Celery needs Redis.
ON_REDIS: dict[str, Experiment] = {
    "Redis at maxmemory": publish_without_room,
    "Redis emptied, two Beats": two_beats(empty_redis),
}
ON_TWO_HOSTS: dict[str, Experiment] = {"host without its network": unplug}


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
    possible = dict(EXPERIMENTS)
    if not any("rabbitmq" in name for name in SERVERS):
        possible |= ON_REDIS
    if is_possible():
        possible |= ON_TWO_HOSTS
    for name in possible:
        subprocess.run([sys.executable, __file__, name], check=True)


def report(fault: str, count: Count) -> None:
    """Print what was counted, and add it to the report if one is wanted."""
    line = json.dumps({"fault": fault, "kind": "plain Celery", **vars(count)})
    print(line)
    if file := os.environ.get("FAULT_REPORT"):
        with Path(file).open("a", encoding="utf-8") as lines:
            print(line, file=lines)


if __name__ == "__main__":
    if names := sys.argv[1:]:
        report(names[0], run((EXPERIMENTS | ON_REDIS | ON_TWO_HOSTS)[names[0]]))
    else:
        run_all()
