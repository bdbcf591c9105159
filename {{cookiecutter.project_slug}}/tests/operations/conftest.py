"""Development runners, as processes of their own."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import Process

type Start = Callable[..., Process]


@pytest.fixture
def start_stage(tmp_path: Path) -> Iterator[Start]:
    """Start a runner with processes of our choice: `start_stage({"name": {"command": …}})`."""
    started: list[Process] = []

    def start(
        processes: dict[str, dict[str, Any]],
        *,
        before: dict[str, dict[str, Any]] | None = None,
        watched: tuple[Path, ...] = (),
        grace: float = 5,
        server: bool = False,
        ready: bool = True,
    ) -> Process:
        plan = tmp_path / "plan.json"
        folders = [str(folder) for folder in watched]
        plan.write_text(
            json.dumps(
                {
                    "before": before or {},
                    "processes": processes,
                    "watched": folders,
                    "grace": grace,
                    "server": server,
                }
            )
        )
        command = [sys.executable, "-m", "tests.operations.stage", str(plan)]
        started.append(Process("stage", command, tmp_path))
        if ready:
            started[-1].wait_for_output("ready")
        return started[-1]

    yield start
    for process in started:
        process.signal(signal.SIGKILL)
        process.wait()
