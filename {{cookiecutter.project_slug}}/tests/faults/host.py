"""A second host: processes with our files and a network of their own, on one cable to this machine.

It is a network namespace, which the kernel removes with the last process in it, also when a test
run is killed.
"""

import random
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from urllib.parse import urlsplit

from operations.servers.process import ServerProcess
from tests.faults.link import Link
from tests.support.serving import serving

# Meant for tests of networks, so nobody lives there; a cable takes four addresses of it.
ADDRESSES = IPv4Network("198.18.0.0/15")
PROGRAMS = ("ip", "nsenter", "unshare")
# Its end of the cable.
CARD = "eth0"


@dataclass(frozen=True)
class Host:
    """The other host; of this machine it reaches what listens on `our_address`, and no more."""

    keeper: ServerProcess
    our_address: str

    def command(self, *command: str) -> list[str]:
        """A command line that runs there."""
        return ["nsenter", f"--net=/proc/{self.keeper.pid}/ns/net", *command]

    def unplug(self) -> None:
        """Take its end of the cable down: open connections fall silent, and new ones fail."""
        self.run("ip", "link", "set", CARD, "down")

    def plug_in(self) -> None:
        """Let it reach us again."""
        self.run("ip", "link", "set", CARD, "up")

    def run(self, *command: str) -> None:
        """Run a command there to its end."""
        _run(*self.command(*command))


def is_possible() -> bool:
    """Whether there can be one, which needs root, iproute2 and util-linux."""
    if not all(map(shutil.which, PROGRAMS)):
        return False
    trial = ["unshare", "--net", "ip", "link", "add", "type", "veth"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


@contextmanager
def another_host(folder: Path) -> Iterator[Host]:
    """A host for the length of the block; whatever still runs there then is without a cable."""
    unshare = shutil.which("unshare")
    assert unshare
    keeper = ServerProcess([unshare, "--net", "sleep", "infinity"], folder / "host" / "host.log")
    cable = f"faults-{secrets.token_hex(4)}"
    try:
        keeper.wait_until(lambda: _network_of(keeper.pid) != _network_of("self"), seconds=10)
        ours, theirs = _two_addresses()
        host = Host(keeper, str(ours))
        _run("ip", "link", "add", cable, "type", "veth", "peer", CARD, "netns", str(keeper.pid))
        _run("ip", "address", "add", f"{ours}/30", "dev", cable)
        _run("ip", "link", "set", cable, "up")
        host.run("ip", "address", "add", f"{theirs}/30", "dev", CARD)
        host.run("ip", "link", "set", "lo", "up")
        host.plug_in()
        yield host
    finally:
        subprocess.run(["ip", "link", "delete", cable], capture_output=True, check=False)
        keeper.kill()


@contextmanager
def seen_from(host: Host, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Those variables that lead to a server on 127.0.0.1, such that they lead there from a host."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(serving(Link(url, host.our_address))).url
            for name, url in environment.items()
            if name.endswith("_URL") and urlsplit(url).hostname == "127.0.0.1"
        }


def _two_addresses() -> tuple[IPv4Address, IPv4Address]:
    """The two ends of a cable that is hardly laid twice at a time."""
    first = random.randrange(0, ADDRESSES.num_addresses, 4)
    return ADDRESSES[first + 1], ADDRESSES[first + 2]


def _network_of(pid: int | str) -> Path:
    return Path(f"/proc/{pid}/ns/net").readlink()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
