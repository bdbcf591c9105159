"""`manage.py dev`: everything, with one command."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from config.processes import processes
from operations.servers.ports import free_port
from tests.operations.watching import descendants, is_alive
from tests.support.processes import Process

type Dev = Callable[..., tuple[Process, str]]

# Tells whether the tables and Redis are there.
LOOK = """
from django.contrib.auth import get_user_model
from fastdata.connection import data
print('found', get_user_model().objects.count(), data().ping())
"""


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dev]:
    """Start a development runner in a folder of its own; the process and its web address."""
    for name in ("DJANGO_SETTINGS_MODULE", "MEDIA_ROOT", "REDIS_URL"):
        monkeypatch.delenv(name)
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DEV_FOLDER": str(tmp_path),
        "FLOWER_PORT": str(free_port()),
    }
    started: list[Process] = []

    def start(*options: str) -> tuple[Process, str]:
        port = str(free_port())
        command = [sys.executable, "manage.py", "dev", "--port", port, *options]
        started.append(Process("dev", command, tmp_path, environment))
        return started[0], f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.signal(signal.SIGKILL)
        process.wait()


def test_one_command_starts_everything_and_ctrl_c_ends_it(dev: Dev, tmp_path: Path) -> None:
    process, url = dev("--before", f'shell --no-imports --command "{LOOK}"')
    process.wait_for_output("ready in", timeout=100)
    started = descendants(process.pid)
    where = tmp_path / "environment"

    assert len(started) > len(processes(port=0))
    assert f"web {url}/" in process.output
    with urlopen(f"{url}/") as page:
        assert b"Queues" in page.read()
    assert "REDIS_URL=redis://127.0.0.1:" in where.read_text()
    assert where.stat().st_mode & 0o077 == 0
    assert "| found 0 True" in process.output

    process.signal(signal.SIGINT)

    assert process.wait() == 0
    assert not [pid for pid in started if is_alive(pid)]
    assert not where.exists()


def test_a_command_that_fails_before_is_one_line_and_ends_it(dev: Dev, tmp_path: Path) -> None:
    process, _ = dev("--before", "no_such_command")

    assert process.wait() == 1
    assert "Unknown command: 'no_such_command'" in process.output
    assert process.output.splitlines()[-1].startswith("CommandError: no_such_command failed")
    assert not (tmp_path / "environment").exists()
