"""A Postgres of the tests' own, to be restarted and killed, with the tests moved to it."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections

from operations.servers.ports import free_port
from operations.servers.process import ServerProcess
from tests.operations.watching import descendants, is_alive
from tests.support.waiting import wait_until

# Where packages put programs that are not meant for everybody's PATH, below the root.
SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
# Who may run it where the tests are root's, whom it refuses.
UNPRIVILEGED = ("postgres", "nobody")
LOGIN = "tests"
DATABASE = "postgres"


class Postgres:
    """A cluster in a temporary folder, on a port of 127.0.0.1; whoever comes is let in."""

    name = "postgres"

    def __init__(self, programs: Path) -> None:
        """`programs` is the folder of `initdb` and `postgres`."""
        self.folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = free_port()
        url = f"postgres://{LOGIN}@127.0.0.1:{self.port}/{DATABASE}"
        self.environment = {"DATABASE_URL": url}
        self._programs = programs
        self._data = self.folder / "data"
        self._process: ServerProcess | None = None

    @property
    def is_running(self) -> bool:
        """Whether its first process lives."""
        return self._process is not None and self._process.is_running

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerError when it does not."""
        if not self._data.exists():
            self._make_cluster()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            # What a killed process has written is safe with the machine, which lives on.
            "fsync": "off",
        }
        options = [word for item in settings.items() for word in ("-c", "{}={}".format(*item))]
        command = self._command("postgres", "-D", str(self._data), *options)
        self._process = ServerProcess(command, self.folder / "postgres.log")
        self._process.wait_until(self._answers, seconds=60)

    def stop(self) -> None:
        """Stop it as `pg_ctl stop --mode=fast` does, which ends every connection; data stays."""
        if self._process and self._process.is_running:
            os.kill(self._process.pid, signal.SIGINT)
            self._process.stop(seconds=30)

    def kill(self) -> None:
        """Kill its first process, without which the others end by themselves; data stays."""
        if self._process:
            others = descendants(self._process.pid)
            self._process.kill()
            # No other server may use the data before.
            wait_until(lambda: not any(map(is_alive, others)))

    def remove(self) -> None:
        """Stop it, and forget its data."""
        self.stop()
        shutil.rmtree(self.folder)

    def _make_cluster(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, _unprivileged())
        options = ("--no-sync", "--auth=trust", f"--username={LOGIN}", f"--pgdata={self._data}")
        command = self._command("initdb", *options)
        subprocess.run(command, cwd=self.folder, capture_output=True, check=True)

    def _command(self, program: str, *options: str) -> list[str]:
        return [*_as_somebody_else(), str(self._programs / program), *options]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def installed() -> Path | None:
    """The folder with the programs of a Postgres; None where there is none that we could run."""
    folders = [str(folder) for glob in SYSTEM_FOLDERS for folder in Path("/").glob(glob)]
    path = os.pathsep.join([os.environ.get("PATH", ""), *folders])
    found = shutil.which("initdb", path=path)
    if found is None or (os.geteuid() == 0 and not shutil.which("setpriv")):
        return None
    return Path(found).parent


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """One that is not started yet, removed after the block; skips the test where none could run."""
    programs = installed()
    if programs is None:
        pytest.skip("There is no Postgres here that the tests could run: no initdb was found")
    server = Postgres(programs)
    try:
        yield server
    finally:
        server.remove()


@contextmanager
def used_by_django(server: Postgres) -> Iterator[None]:
    """Have this process use a Postgres instead of its own database; every table is empty."""
    own, own_settings = connections[DEFAULT_DB_ALIAS], connections.settings[DEFAULT_DB_ALIAS]
    connections.settings[DEFAULT_DB_ALIAS] = {
        **own_settings,
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "127.0.0.1",
        "PORT": server.port,
        "USER": LOGIN,
        "PASSWORD": "",
        "NAME": DATABASE,
        "OPTIONS": {},
    }
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        call_command("migrate", verbosity=0)
        call_command("flush", interactive=False, verbosity=0)
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections.settings[DEFAULT_DB_ALIAS] = own_settings
        connections[DEFAULT_DB_ALIAS] = own


def others_are_idle() -> bool:
    """Whether no other connection to the database of the tests is in the middle of a transaction.

    The server goes on with the last statement of a process that was killed; one that then waits for
    a table that is being emptied, and holds another one, ends in a deadlock.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle')"
        )
        (idle,) = cursor.fetchone()
        return bool(idle)


def _as_somebody_else() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    user = _unprivileged()
    setpriv = shutil.which("setpriv") or ""
    return (setpriv, f"--reuid={user}", f"--regid={user}", "--clear-groups")


def _unprivileged() -> str:
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)
