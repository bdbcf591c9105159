"""Servers for development and tests: on 127.0.0.1, in a folder of their own, ended with us."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from django.utils.module_loading import import_string

from config.processes import SERVERS


class Server(Protocol):
    """A server to start and stop; where it will be found is known before."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that lead the project to it."""

    @property
    def is_running(self) -> bool:
        """Whether it still runs, as far as that is ours to see."""

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerError when it will not.

        Where the kernel can, it ends the server with the thread that started it.
        """

    def stop(self) -> None:
        """Stop it in good order and wait until it is gone; nothing if it does not run."""

    def kill(self) -> None:
        """End it at once."""


class ServerError(Exception):
    """A server that is not to be had; the text says why and what to do."""


def choose_servers(folder: Path, *, temporary: bool = False) -> list[Server]:
    """The servers that the project needs and that no variable names, not yet started.

    Each keeps its data in a folder of its own within `folder`. `temporary` is for a test run: on a
    server that runs already it asks for a place of its own, removed by `stop`. Raises ServerError
    when one is not to be had.
    """
    chosen = [import_string(path)(folder, temporary=temporary) for path in SERVERS]
    return [server for server in chosen if server]
