"""What a running `manage.py dev` keeps in its folder: a lock, and where its servers are."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.redis import Role
from operations.guard import guard

SHARED = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "FRONTEND_URL",
    *(role.value for role in Role),
)


class RunningError(Exception):
    """Another one runs in this folder."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; raises RunningError when another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise RunningError(
                f"`manage.py dev` runs here already (process {lock.read().strip()}): stop it, or "
                f"set DEV_FOLDER to another folder than {folder}"
            ) from None
        lock.truncate(0)
        print(os.getpid(), file=lock, flush=True)
        yield


@contextmanager
def shared_with_other_terminals(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Keep in a file where the servers are; the local settings read it."""
    file = folder / "environment"
    guard.remove(file)
    lines = [f"{name}={environment[name]}\n" for name in SHARED if environment.get(name)]
    try:
        # For our eyes only: a URL may hold a password.
        file.touch(mode=0o600)
        file.write_text("".join(lines))
        yield
    finally:
        file.unlink(missing_ok=True)
