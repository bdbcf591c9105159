"""Ports of 127.0.0.1 for servers that may be started more than once."""

import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice

# Below those that Linux (32768-60999) and macOS (49152-65535) give to connections: while a server
# is away one of them could take its port, even a connection that somebody tries to make to it.
PORTS = range(20_000, 32_768)


def free_port() -> int:
    """A port that nobody listens on."""
    [port] = free_ports(1)
    return port


def free_ports(number: int) -> list[int]:
    """So many different ports that nobody listens on."""
    with ExitStack() as probes:
        return list(islice(_bindable(probes), number))


def _bindable(probes: ExitStack) -> Iterator[int]:
    """Ports on which `probes` sit; it sets them free."""
    while True:
        port = random.choice(PORTS)
        probe = probes.enter_context(socket.socket())
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        yield port
