"""What runs: the only place where the command line of a process stands."""

{% if cookiecutter.flower %}
import os
{% endif %}
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.queues import PREFORK, WORKERS, Queue

PROJECT = "{{ cookiecutter.project_slug }}"

# What `manage.py dev` and the tests start unless the environment names a server already.
SERVERS = [
    "operations.servers.valkey.from_environment",
{% if cookiecutter.broker == "rabbitmq" %}
    "operations.servers.rabbitmq.from_environment",
{% endif %}
]

MANAGE = (sys.executable, "manage.py")
# Without the banners, which drown the lines of the other processes.
CELERY = (sys.executable, "-m", "celery", "--quiet", "--app", "config")


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process: its command line, how one knows that it answers, how it is stopped.

    It answers when its `address` joined with `health` does with status 200, when the Celery node
    `node` answers a ping, or when it has written `line`. `stop` are the signals for it, each given
    some seconds to work. `code` says whether a change of code concerns it.
    """

    purpose: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    health: str = ""
    port_set_by: str = ""
    node: str = ""
    line: str = ""
    stop: tuple[signal.Signals, ...] = (signal.SIGTERM,)
    code: bool = True


def worker_command(
    name: str,
    queues: Sequence[Queue],
    *,
    concurrency: int | None = None,
    soft_shutdown: float | None = None,
) -> tuple[str, ...]:
    """The worker of these queues, set as config/queues.py says: the most that any is given.

    `soft_shutdown` is what running tasks get on a stop (seconds), instead of the setting.
    """
    workers = [WORKERS[queue] for queue in queues]
    pools = {worker.pool for worker in workers}
    command = (
        *(*CELERY, "worker", "--loglevel", "INFO"),
        # Talk between workers that nothing here uses, and a second of each start.
        *("--without-gossip", "--without-mingle"),
        *("--hostname", f"{name}@%h"),
        *("--queues", ",".join(queues)),
        # Where they differ prefork, which runs any task.
        *("--pool", pools.pop() if len(pools) == 1 else PREFORK),
        *("--concurrency", str(concurrency or max(worker.concurrency for worker in workers))),
        *("--prefetch-multiplier", str(min(worker.prefetch for worker in workers))),
        *("--soft-time-limit", str(max(worker.soft_limit for worker in workers))),
        *("--time-limit", str(max(worker.hard_limit for worker in workers))),
    )
    if soft_shutdown is None:
        return command
    return (*command, "--", f"worker.soft_shutdown_timeout={soft_shutdown}")


def processes(*, port: int) -> dict[str, Process]:
    """The processes of a development machine by name; `port` is the web's."""
{% if cookiecutter.flower %}
    flower_port = os.environ.get("FLOWER_PORT", "5555")
    flower_prefix = os.environ.get("FLOWER_URL_PREFIX", "").strip("/")
    flower_path = f"/{flower_prefix}/" if flower_prefix else "/"
{% endif %}
    return {
        "web": Process(
            purpose="HTTP and WebSockets",
            command=(
                *(sys.executable, "-m", "uvicorn", "config.asgi:application"),
                *("--host", "127.0.0.1", "--port", str(port)),
                # Channels has no use for lifespan events.
                *("--lifespan", "off"),
                # Django alone decides which proxy to believe.
                "--no-proxy-headers",
                # Requests in progress get so many seconds when the server stops.
                *("--timeout-graceful-shutdown", "8"),
            ),
            address=f"http://127.0.0.1:{port}/",
            health="health/ready/",
            port_set_by="--port ",
        ),
        "worker": Process(
            purpose="Celery tasks, here of all queues",
            # The time that running tasks get on a stop is counted by whoever sends the signals.
            command=worker_command("all", list(WORKERS), concurrency=2, soft_shutdown=0),
            node="all@%h",
            # The first lets running tasks finish, the second hands them back to the queue.
            stop=(signal.SIGINT, signal.SIGQUIT),
        ),
        "beat": Process(
            purpose="Starts what is scheduled, and takes up what was lost",
            command=(*CELERY, "beat", "--loglevel", "INFO"),
            node="celerybeat@%h",
        ),
{% if cookiecutter.django_tasks %}
        "db_worker": Process(
            purpose="Light tasks, from the database",
            command=(
                *(*MANAGE, "db_worker", "--queue-name", "*", "--interval", "0.2"),
                # Restarts are up to whoever started it.
                *("--no-startup-delay", "--no-reload"),
            ),
            line="Starting worker",
        ),
{% endif %}
{% if cookiecutter.flower %}
        "flower": Process(
            purpose="Watches the workers",
            command=(*CELERY, "flower", "--address=127.0.0.1"),
            environment={
                "FLOWER_PORT": flower_port,
                "FLOWER_BASIC_AUTH": os.environ.get("FLOWER_BASIC_AUTH", "admin:admin"),
            },
            address=f"http://127.0.0.1:{flower_port}{flower_path}",
            health="healthcheck",
            port_set_by="FLOWER_PORT=",
            code=False,
        ),
{% endif %}
    }
