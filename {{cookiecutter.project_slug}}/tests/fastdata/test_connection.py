"""A data server that fails, and comes back."""

from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from fastdata import connection
from fastdata.connection import LeftAloneError, data, forgiving
from operations.servers.valkey import Valkey
from tests.support.waiting import wait_until


@pytest.mark.usefixtures("broken_data")
def test_a_server_that_failed_is_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    with forgiving("nothing is read"):
        data().get("key")

    assert "The data server is down, so nothing is read" in caplog.text
    started = monotonic()
    for _ in range(100):
        with pytest.raises(LeftAloneError):
            data()
    assert monotonic() - started < 0.5


def test_a_server_that_came_back_is_asked_again(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read() -> bool:
        with forgiving("nothing is read"):
            return data().get("key") is None
        return False

    monkeypatch.setattr(connection, "PAUSE", 0.2)
    server = Valkey(tmp_path)
    settings.REDIS_DATA_URL = server.environment["REDIS_URL"]
    assert not read()

    server.start()
    try:
        wait_until(read, timeout=5)
    finally:
        server.stop()


def test_a_mistake_is_not_taken_for_a_server_that_is_down(caplog: pytest.LogCaptureFixture) -> None:
    data().set("text", "is no list")

    with forgiving("nothing is read"):
        data().lrange("text", 0, -1)

    assert "WRONGTYPE" in caplog.text
    assert data().ping()


def test_errors_of_the_block_itself_go_up() -> None:
    with pytest.raises(ZeroDivisionError), forgiving("nothing is read"):
        _ = 1 // 0
