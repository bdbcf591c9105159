"""The embedded Valkey keeps its data, and ends with whoever started it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis

from config.paths import BASE_DIR
from operations.servers import valkey
from operations.servers.valkey import Valkey
from tests.operations.watching import descendants, is_alive
from tests.support.waiting import wait_until

START_AND_WAIT = """
import signal, sys
from pathlib import Path
from operations.servers.valkey import Valkey
Valkey(Path(sys.argv[1])).start()
print("up", flush=True)
signal.pause()
"""


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Valkey(tmp_path)
    first.start()
    with redis.Redis.from_url(first.environment["REDIS_URL"]) as client:
        client.set("answer", 42)
        policy = client.config_get("maxmemory-policy")
    first.stop()

    second = Valkey(tmp_path)
    second.start()
    with redis.Redis.from_url(second.environment["REDIS_URL"], decode_responses=True) as client:
        answer = client.get("answer")
    second.stop()

    assert answer == "42"
    assert policy == {"maxmemory-policy": "noeviction"}
    assert not second.is_running


def test_a_server_that_the_environment_names_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379")

    assert valkey.from_environment(tmp_path) is None


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(tmp_path)], cwd=BASE_DIR, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == b"up\n"
        started = descendants(starter.pid)

        starter.send_signal(signal.SIGKILL)

    assert len(started) >= 2
    wait_until(lambda: not [pid for pid in started if is_alive(pid)])
