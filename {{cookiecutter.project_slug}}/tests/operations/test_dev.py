"""`manage.py dev`: everything, with one command."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from config.processes import processes
from tests.operations.watching import descendants, is_alive
from tests.support.mailbox import free_port
from tests.support.processes import Process


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Process, str]]:
    """A development runner that is ready, in a folder of its own, and its web address."""
    for name in ("DJANGO_SETTINGS_MODULE", "MEDIA_ROOT", "REDIS_URL"):
        monkeypatch.delenv(name)
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "DEV_FOLDER": str(tmp_path),
        "FLOWER_PORT": str(free_port()),
    }
    port = str(free_port())
    command = [sys.executable, "manage.py", "dev", "--port", port]
    process = Process("dev", command, tmp_path, environment)
    process.wait_for_output("ready in", timeout=100)
    yield process, f"http://127.0.0.1:{port}"
    process.signal(signal.SIGKILL)
    process.wait()


def test_one_command_starts_everything_and_ctrl_c_ends_it(
    dev: tuple[Process, str], tmp_path: Path
) -> None:
    process, url = dev
    started = descendants(process.pid)
    where = tmp_path / "environment"

    assert len(started) > len(processes(port=0))
    assert f"web {url}/" in process.output
    with urlopen(f"{url}/") as page:
        assert b"Queues" in page.read()
    assert "REDIS_URL=redis://127.0.0.1:" in where.read_text()
    assert where.stat().st_mode & 0o077 == 0

    process.signal(signal.SIGINT)

    assert process.wait() == 0
    assert not [pid for pid in started if is_alive(pid)]
    assert not where.exists()
