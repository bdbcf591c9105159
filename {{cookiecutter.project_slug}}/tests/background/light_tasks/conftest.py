"""Light tasks as the database keeps them, without the process that the other tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.processes import Crew, Process, start_light_worker

type StartLightWorker = Callable[[], Process]


@pytest.fixture(autouse=True)
def nobody_at_work(crew: Crew) -> None:
    """A light task stays as it is until the test starts a process for it."""
    crew.rest()


@pytest.fixture
def start_own_light_worker(
    nobody_at_work: None, transactional_db: None, tmp_path: Path
) -> Iterator[StartLightWorker]:
    """Start processes for light tasks that a test may end."""
    started: list[Process] = []

    def start() -> Process:
        process = start_light_worker(tmp_path)
        assert process
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
