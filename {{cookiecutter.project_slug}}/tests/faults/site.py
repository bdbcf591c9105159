"""The processes of a small production site, to be killed, frozen and replaced."""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from subprocess import TimeoutExpired

from config.processes import processes
from tests.support.broker import Broker
from tests.support.processes import Process, launch_light_worker, launch_worker, start_web
from tests.support.waiting import wait_until

# What systemd gives a process that it stops, before it kills it (seconds).
GRACE_SECONDS = 90
# What its children then get to follow it (seconds).
CHILD_SECONDS = 5
# How much is done at the same time: by two workers of two processes, and for the light tasks.
AT_WORK = 5
# What a worker is told that gives its broker up within seconds, and has Redis bring back what
# another one holds.
IMPATIENT = {"DJANGO_SETTINGS_MODULE": "tests.faults.impatient_broker"}
# How long those that live may hold a message when all work is done (seconds).
MOMENT = 3


class Site:
    """Workers, Beat and whatever else runs the project, on the servers of the tests."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.workers: list[Process] = []
        self.light_worker: Process | None = None
        # What a process is told when it starts.
        self.environment = dict(environment)
        # Which have ended by themselves, which did not when they were told to, and what was left of
        # those that were stopped; the replaced ones too.
        self.ended_early: list[str] = []
        self.hung: list[str] = []
        self.left_over: list[int] = []
        self._folder = folder
        self._others: list[Process] = []
        self._numbers = count(1)

    def start(self) -> Process:
        """Start two workers for all queues, what runs the light tasks, and a Beat; the Beat.

        It sees to recovery.
        """
        for _ in range(2):
            self._launch_worker()
        self._launch_light_worker()
        beat = self._launch_beat()
        for process in (*self.workers, *self._others):
            process.wait_until_ready()
        return beat

    def start_worker(self, **environment: str) -> Process:
        """Start one worker more."""
        worker = self._launch_worker(**environment)
        worker.wait_until_ready()
        return worker

    def start_beat(self) -> Process:
        """Start a Beat."""
        beat = self._launch_beat()
        beat.wait_until_ready()
        return beat

    def start_light_worker(self) -> None:
        """Start what runs the light tasks, where that is a process of its own."""
        self._launch_light_worker()
        if self.light_worker:
            self.light_worker.wait_until_ready()

    def start_web(self) -> str:
        """Start a web server; its address."""
        web, url = start_web(self._folder, env=self.environment)
        self._others.append(web)
        return url

    def kill_child(self, pid: int) -> None:
        """Kill one of the processes in which a worker runs its tasks."""
        os.kill(pid, signal.SIGKILL)

    def kill_light_worker(self, pid: int) -> None:
        """Kill what runs the light tasks, in this process, and start it again."""
        if self.light_worker is None:
            self.kill_worker(pid)
            return
        self._others.remove(self.light_worker)
        self.light_worker.kill()
        self.start_light_worker()

    def kill_worker(self, pid: int) -> None:
        """Kill the worker of a process, with all its processes, and start another one."""
        group = os.getpgid(pid)
        (worker,) = [each for each in self.workers if each.pid == group]
        self.workers.remove(worker)
        worker.kill()
        self.start_worker()

    def replace_worker(self) -> None:
        """Replace a worker as a deploy does: start the new one, tell the old one to stop."""
        old = self.workers.pop(0)
        self.start_worker()
        self._stop([old])

    def replace_dead_workers(self) -> None:
        """Start another worker for each that has died, as a supervisor would."""
        for worker in list(self.workers):
            if not worker.is_running:
                self.ended_early.append(worker.name)
                worker.kill()
                self.workers.remove(worker)
                self.start_worker()

    def bring_back_what_is_held(self) -> None:
        """Have Redis deliver what killed workers held, and wait until nobody holds anything."""
        broker = Broker()
        with suppress(AssertionError):
            wait_until(lambda: not broker.held, MOMENT)
            return
        self.start_worker(**IMPATIENT)
        wait_until(lambda: not broker.held)

    def stop(self) -> None:
        """Stop everything as a supervisor does."""
        everybody = [*self.workers, *self._others]
        self.ended_early += [process.name for process in everybody if not process.is_running]
        self._stop([process for process in everybody if process.is_running])
        self.kill()

    def work_off_what_is_left(self) -> None:
        """Have a last worker take what those that stopped have left in the queues, if anything.

        A worker that has lost its broker meanwhile gives back what it could not acknowledge, as
        does the broker itself.
        """
        broker = Broker()
        if not broker.all_waiting:
            return
        self.start_worker()
        wait_until(lambda: not broker.all_waiting and not broker.held)
        self.stop()

    def kill(self) -> None:
        """End everything at once."""
        for process in (*self.workers, *self._others):
            process.kill()
        self.workers.clear()
        self._others.clear()

    def _stop(self, processes: Sequence[Process]) -> None:
        """Stop processes; whoever takes longer than a supervisor waits is killed."""
        for process in processes:
            process.signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(GRACE_SECONDS)
            except TimeoutExpired:
                self.hung.append(f"{process.name}: {process.output[-1000:]}")
                process.kill()
        self.left_over += [process.pid for process in processes if not _vanishes(process.pid)]

    def _launch_worker(self, **environment: str) -> Process:
        name = f"all{next(self._numbers)}"
        worker = launch_worker(self._folder, name=name, env=self.environment | environment)
        self.workers.append(worker)
        return worker

    def _launch_light_worker(self) -> None:
        self.light_worker = launch_light_worker(self._folder, env=self.environment)
        if self.light_worker:
            self._others.append(self.light_worker)

    def _launch_beat(self) -> Process:
        command = list(processes(port=0)["beat"].command)
        beat = Process("beat", command, self._folder, self.environment, ready="beat: Starting...")
        self._others.append(beat)
        return beat


def _vanishes(group: int) -> bool:
    """Whether nobody of a process group is left once its head has ended.

    A child may take a moment longer than its parent.
    """
    with suppress(AssertionError):
        wait_until(lambda: not _has_members(group), CHILD_SECONDS)
    return not _has_members(group)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
