"""Development runners, as processes of their own, and a server that hangs."""

import json
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

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


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings of a production with secrets of its own, to be changed by one test."""
    settings.IN_PRODUCTION = True
    settings.SENDING_CLAIM_SECONDS = 120
    settings.SECRET_KEY = "4gMv1sW6Zq0pRk9yTn2cHb7dLxJ5uEf8aQo3iKzVwXrYtSmNhG"
    if current_app.connection_for_read().transport.driver_type == "amqp":
        monkeypatch.setenv("CELERY_BROKER_URL", "amqp://jobs:secret@127.0.0.1:1//")
    return settings
