"""Light tasks as the database keeps them, without the process that the other tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.processes import Process, start_light_worker

type StartLightWorker = Callable[[], Process]


@pytest.fixture
def start_own_light_worker(transactional_db: None, tmp_path: Path) -> Iterator[StartLightWorker]:
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
