"""Looking at processes that are not our children."""

import subprocess


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    state = _ps("-o", "stat=", "-p", str(pid)).strip()
    return bool(state) and not state.startswith("Z")


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    parents = [line.split() for line in _ps("-axo", "pid=,ppid=").splitlines()]
    children = [int(child) for child, parent in parents if int(parent) == pid]
    return [*children, *(deeper for child in children for deeper in descendants(child))]


def _ps(*options: str) -> str:
    return subprocess.run(["ps", *options], capture_output=True, text=True, check=False).stdout
