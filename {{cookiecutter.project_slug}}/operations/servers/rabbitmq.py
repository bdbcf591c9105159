"""RabbitMQ: a private node if it is installed, else a virtual host of a server that runs already.

No package carries RabbitMQ inside, so one of the two must be there.
"""

import base64
import os
import secrets
import shutil
import subprocess
import urllib.request
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote, unquote, urlsplit

from kombu import Connection
from kombu.exceptions import OperationalError

from config.processes import PROJECT
from operations.servers import Server, ServerError
from operations.servers.ports import free_ports
from operations.servers.process import ServerProcess

LOCAL_SERVER = "amqp://guest:guest@127.0.0.1:5672"

# Where packages put programs that are not meant for everybody's PATH.
SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
# Debian's and Red Hat's `rabbitmq-server` insists on being root or rabbitmq; the script that it
# calls in the end does not.
OWN_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def from_environment(folder: Path, *, temporary: bool = False) -> Server | None:
    """What leads the project to a RabbitMQ, in this order; raises ServerError when there is none.

    The server that CELERY_BROKER_URL names (itself, or for a test run a virtual host there); a
    private node; a virtual host on 127.0.0.1:5672, named by the project.
    """
    given = os.environ.get("CELERY_BROKER_URL")
    name = f"{PROJECT}_{secrets.token_hex(4)}" if temporary else PROJECT
    if given:
        return VirtualHost(given, name, temporary=True) if temporary else None
    script = _installed("rabbitmq-server")
    if script and _installed("epmd"):
        return Node(folder, script)
    if _connection_error(LOCAL_SERVER) in (None, "NotAllowed"):
        return VirtualHost(LOCAL_SERVER, name, temporary=temporary)
    raise ServerError(
        "No RabbitMQ: install rabbitmq-server, or run one on 127.0.0.1:5672 (docker run -p "
        "5672:5672 -p 15672:15672 rabbitmq:management), or set CELERY_BROKER_URL"
    )


class Node:
    """A node of our own, with its own ports, data and log in `folder`; no plugin, no other node."""

    name = "rabbitmq"

    def __init__(self, folder: Path, script: Path) -> None:
        self.folder = folder / self.name
        self.port, self._distribution_port, self._epmd_port = free_ports(3)
        self.environment = {"CELERY_BROKER_URL": f"amqp://guest:guest@127.0.0.1:{self.port}//"}
        self._script = script
        self._processes: list[ServerProcess] = []

    @property
    def is_running(self) -> bool:
        """Whether its processes live."""
        return bool(self._processes) and all(p.is_running for p in self._processes)

    @property
    def pids(self) -> list[int]:
        """The ids of its processes, each the head of a group of its own."""
        return [process.pid for process in self._processes]

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerError when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        self._plugins.write_text("[].\n")
        environment = self._environment_of_node()
        # Erlang's port mapper. Left to the node it would be shared with other nodes and outlive
        # this one.
        self._run([str(_installed("epmd"))], "epmd.log", environment)
        self._run([str(self._script)], "rabbitmq.log", environment)
        self._processes[-1].wait_until(self._answers, seconds=60)

    def stop(self) -> None:
        """Stop it; its data stays."""
        for process in reversed(self._processes):
            process.stop(seconds=15)
        self._processes.clear()

    def kill(self) -> None:
        """End it at once; its data stays."""
        for process in self._processes:
            process.kill()

    @property
    def _configuration(self) -> Path:
        return self.folder / "rabbitmq.conf"

    @property
    def _plugins(self) -> Path:
        return self.folder / "enabled_plugins"

    def _run(self, command: list[str], log: str, environment: dict[str, str]) -> None:
        self._processes.append(ServerProcess(command, self.folder / log, environment))

    def _answers(self) -> bool:
        return _connection_error(self.environment["CELERY_BROKER_URL"]) is None

    def _environment_of_node(self) -> dict[str, str]:
        """Everything that would otherwise come from the machine's own RabbitMQ."""
        return os.environ | {
            # The cookie that lets nodes talk to each other lies in the home folder.
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": f"{PROJECT}@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self._configuration),
            "RABBITMQ_CONFIG_FILES": str(self.folder / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._plugins),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_PID_FILE": str(self.folder / "rabbitmq.pid"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            # To its output, and so into our log file.
            "RABBITMQ_LOGS": "-",
            # The script becomes the server instead of staying its parent, so that signals reach it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }


class VirtualHost:
    """A virtual host on a server that runs already: made when absent, removed when temporary."""

    name = "rabbitmq"
    is_running = True

    def __init__(self, server: str, host: str, *, temporary: bool) -> None:
        self._server = urlsplit(server)
        self._host = host
        self._temporary = temporary
        url = self._server._replace(path=f"/{quote(host, safe='')}").geturl()
        self.environment = {"CELERY_BROKER_URL": url}

    def start(self) -> None:
        """Make sure that it is there; raises ServerError when that cannot be done."""
        url = self.environment["CELERY_BROKER_URL"]
        if _connection_error(url) and not (self._ask_management("PUT") or self._add_by_command()):
            raise ServerError(
                f"RabbitMQ on {self._server.hostname} has no virtual host {self._host} and lets "
                f"us make none: run `rabbitmqctl add_vhost {self._host}` and `rabbitmqctl "
                f"set_permissions -p {self._host} {self._user} '.*' '.*' '.*'` there"
            )
        if error := _connection_error(url):
            raise ServerError(f"RabbitMQ on {self._server.hostname} refuses {self._host}: {error}")

    def stop(self) -> None:
        """Remove it if it is temporary; the server is somebody else's."""
        if self._temporary and not self._ask_management("DELETE"):
            _rabbitmqctl("delete_vhost", self._host)

    kill = stop

    @property
    def _user(self) -> str:
        return unquote(self._server.username or "guest")

    def _ask_management(self, method: str) -> bool:
        """Have the management plugin make or delete it; false when it does not."""
        login = f"{self._user}:{unquote(self._server.password or 'guest')}"
        request = urllib.request.Request(
            f"http://{self._server.hostname}:15672/api/vhosts/{quote(self._host, safe='')}",
            method=method,
            headers={"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=5):
                return True
        except (URLError, OSError):
            return False

    def _add_by_command(self) -> bool:
        """Make it with the server's command, for which one must be root or rabbitmq."""
        allow_everything = ("-p", self._host, self._user, ".*", ".*", ".*")
        return _rabbitmqctl("add_vhost", self._host) and _rabbitmqctl(
            "set_permissions", *allow_everything
        )


def _installed(program: str) -> Path | None:
    if program == OWN_SCRIPT.name and OWN_SCRIPT.exists():
        return OWN_SCRIPT
    path = os.pathsep.join([os.environ.get("PATH", ""), *SYSTEM_FOLDERS])
    found = shutil.which(program, path=path)
    return Path(found) if found else None


def _rabbitmqctl(*arguments: str) -> bool:
    command = _installed("rabbitmqctl")
    if not command:
        return False
    return subprocess.run([command, *arguments], capture_output=True, check=False).returncode == 0


def _connection_error(url: str) -> str | None:
    """The name of what keeps one from connecting; None when nothing does."""
    timeouts = {"connect_timeout": 2, "read_timeout": 5, "write_timeout": 5}
    with Connection(url, transport_options=timeouts) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0)
        except (*connection.connection_errors, *connection.channel_errors) as error:
            return type(error).__name__
        except OperationalError as error:
            return type(error.__cause__).__name__
    return None
