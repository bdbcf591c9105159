"""A site for the doctor to look at, and the doctor as people call it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.processes import processes
from operations.servers.ports import free_port
from tests.support.processes import Process

type Consult = Callable[..., Process]


@pytest.fixture(autouse=True)
def nobodys_flower(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the Flower of somebody else on this machine."""
    monkeypatch.setenv("FLOWER_PORT", str(free_port()))


@pytest.fixture
def beat(transactional_db: None, tmp_path: Path) -> Iterator[Process]:
    """A real Beat."""
    process = Process("beat", list(processes(port=0)["beat"].command), tmp_path)
    yield process
    process.kill()


@pytest.fixture
def consult(transactional_db: None, tmp_path: Path) -> Iterator[Consult]:
    """Call `manage.py doctor` with options, and variables by keyword, and wait for its end."""
    called: list[Process] = []

    def call(*options: str, **env: str) -> Process:
        command = [sys.executable, "manage.py", "doctor", *options]
        called.append(Process("doctor", command, tmp_path, env))
        called[-1].wait()
        return called[-1]

    yield call
    for process in called:
        process.kill()
