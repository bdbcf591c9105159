"""The project's own processes, started as in production but on the tests' servers."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.apps import apps
from django.db import connection

from config.paths import BASE_DIR
from config.processes import processes, worker_command
from config.queues import WORKERS, Queue
from operations.servers.ports import free_port
from tests.support.asking import ask_the_worker
from tests.support.broker import Broker
from tests.support.waiting import PATIENCE, wait_until


class Process:
    """One process of the project, in a session of its own; its output goes to a file.

    It is ready when it has printed the text `ready`.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        folder: Path,
        env: Mapping[str, str] | None = None,
        ready: str = "",
    ) -> None:
        self.name = name
        self._ready = ready
        self.log = folder / f"{name}-{len(list(folder.glob('*.log')))}.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=os.environ | database_environment() | dict(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The id of the main process, and of its process group."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether the main process lives."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait until it is at work."""
        self.wait_for_output(self._ready)

    def wait_for_output(self, text: str, timeout: float = PATIENCE) -> None:
        """Wait until it has printed `text` (seconds)."""
        wait_until(lambda: text in self.output or not self.is_running, timeout)
        assert text in self.output, f"{self.name} did not print {text!r}:\n{self.output[-3000:]}"

    def signal(self, signum: signal.Signals) -> None:
        """Signal the main process alone."""
        self._process.send_signal(signum)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end (seconds); the exit status."""
        return self._process.wait(timeout)

    def kill(self) -> None:
        """End the whole group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def database_environment() -> dict[str, str]:
    """The variable that leads another process to the test database."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{settings['NAME']}"}
    user = f"{settings['USER']}:{settings['PASSWORD']}@" if settings["USER"] else ""
    host = f"{settings['HOST']}:{settings['PORT'] or 5432}"
    return {"DATABASE_URL": f"postgres://{user}{host}/{settings['NAME']}"}


def launch_worker(
    folder: Path,
    *,
    name: str = "all",
    queues: Sequence[Queue] = tuple(WORKERS),
    env: Mapping[str, str] | None = None,
    concurrency: int = 2,
) -> Process:
    """A prefork worker, by default for all queues, that is not ready yet. The caller stops it."""
    command = list(worker_command(name, queues, concurrency=concurrency))
    env = {"REMAP_SIGTERM": "SIGQUIT"} | dict(env or {})
    return Process("worker", command, folder, env, ready="ready.")


def start_worker(folder: Path, **options: Any) -> Process:
    """A worker, started with the options of `launch_worker`, ready for work."""
    worker = launch_worker(folder, **options)
    worker.wait_until_ready()
    return worker


def launch_light_worker(folder: Path, *, env: Mapping[str, str] | None = None) -> Process | None:
    """The process that runs the light tasks, where it is one of its own. The caller stops it."""
    known = processes(port=0).get("db_worker")
    if known is None:
        return None
    return Process("db_worker", list(known.command), folder, env, ready=known.line)


def start_light_worker(folder: Path) -> Process | None:
    """The same, ready for work."""
    light_worker = launch_light_worker(folder)
    if light_worker:
        light_worker.wait_until_ready()
    return light_worker


class Crew:
    """The workers that the tests share, started when they are first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._worker: Process | None = None
        self._light_worker: Process | None = None

    def at_work(self) -> Process:
        """The worker for all queues; whatever runs the light tasks works beside it."""
        if self._worker is None:
            self._worker = launch_worker(self._folder)
            self._light_worker = launch_light_worker(self._folder)
            for process in self._all:
                process.wait_until_ready()
        assert self._worker.is_running, self._worker.output[-3000:]
        return self._worker

    def settle(self) -> None:
        """Wait until nobody is at work; messages that nobody has taken yet are thrown away."""
        if self._worker:
            wait_until(lambda: _no_message_is_held() and not self._light_tasks_are_left())
            return
        broker = Broker()
        # Not before RabbitMQ has taken back what a worker held that was killed.
        wait_until(lambda: not broker.is_read)
        broker.purge()

    def rest(self) -> None:
        """End them; the next test that needs them starts them anew."""
        # They have nothing to do, and an orderly stop takes Celery 3 s.
        for process in self._all:
            process.kill()
        self._worker = self._light_worker = None

    def _light_tasks_are_left(self) -> bool:
        if self._light_worker is None:
            return False
        tasks = apps.get_model("django_tasks_database", "DBTaskResult").objects
        return tasks.filter(status__in=["READY", "RUNNING"]).exists()

    @property
    def _all(self) -> list[Process]:
        return [process for process in (self._worker, self._light_worker) if process]


def start_web(folder: Path, *, env: Mapping[str, str] | None = None) -> tuple[Process, str]:
    """A web server and its address. The caller stops it."""
    known = processes(port=free_port())["web"]
    web = Process("web", list(known.command), folder, env)
    url = known.address.rstrip("/")
    wait_until(lambda: _answers(url) or not web.is_running)
    assert web.is_running, web.output[-3000:]
    return web, url


def _no_message_is_held() -> bool:
    """Whether the worker has none, asked after the queues were emptied."""
    Broker().purge()
    return not ask_the_worker("reserved") and not ask_the_worker("active")


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health/live/", timeout=5):
            return True
    except OSError:
        return False
