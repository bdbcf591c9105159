"""Faults of servers that the tests have started themselves."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from operations.servers import Server
from tests.conftest import SERVERS


def broker() -> Server:
    """The broker, the last of the servers; fails the test when it is somebody else's."""
    server = SERVERS[-1] if SERVERS else None
    if server is None or not hasattr(server, "pids"):
        pytest.fail("The broker would have to be killed, but it is not ours: install it here")
    return server


def restart(server: Server) -> None:
    """Stop a server in good order and start it again with its data."""
    server.stop()
    server.start()


def kill_and_restart(server: Server) -> None:
    """Kill a server and start it again with what it had written."""
    server.kill()
    restart(server)


@contextmanager
def killed(server: Server) -> Iterator[None]:
    """Kill a server; it is back after the block, with what it had written."""
    server.kill()
    try:
        yield
    finally:
        restart(server)


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """A server that holds its connections and answers nothing."""
    _signal(server, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(server, signal.SIGCONT)


def _signal(server: Server, signum: signal.Signals) -> None:
    for pid in getattr(server, "pids", []):
        os.killpg(pid, signum)
