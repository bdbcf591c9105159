"""Start everything on this machine: servers, web, workers and schedule."""

import asyncio
import importlib
import os
import shlex
import signal
import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from celery.app.control import Control
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from config.paths import STATE_FOLDER
from config.processes import MANAGE, Process, processes
from operations.dev.code import code_folders
from operations.dev.console import Console
from operations.dev.runner import Runner, StartError
from operations.dev.state import RunningError, alone_in, shared_with_other_terminals
from operations.servers import Server, ServerError, choose_servers


class Command(BaseCommand):
    """Runs until Ctrl-C, and leaves no process behind."""

    help = "Start everything that this project consists of, on this machine, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the web server listens, what to run first, and whether to follow the code."""
        parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
        parser.add_argument(
            "--before",
            type=shlex.split,
            metavar="COMMAND",
            help="run `manage.py COMMAND` once the database is there, before the processes start",
        )
        parser.add_argument(
            "--no-reload",
            dest="reload",
            action="store_false",
            help="do not restart processes when code changes",
        )

    def handle(
        self, *args: Any, port: int, before: list[str] | None, reload: bool, **options: Any
    ) -> None:
        """Run everything."""
        use_environment_of_developer()
        chosen = processes(port=port)
        try:
            with alone_in(STATE_FOLDER):
                require_free_ports(chosen)
                servers = choose_servers(STATE_FOLDER)
                for server in servers:
                    os.environ.update(server.environment)
                os.environ.setdefault("FRONTEND_URL", f"http://127.0.0.1:{port}")
                with shared_with_other_terminals(STATE_FOLDER, os.environ):
                    run(servers, first(before), chosen, reload=reload)
        except (RunningError, ServerError, StartError) as error:
            raise CommandError(str(error)) from None


def use_environment_of_developer() -> None:
    """Undo what the local settings put into the environment where no server was named.

    Raises CommandError for any other settings: those are not for development.
    """
    if not hasattr(settings, "GIVEN_ENVIRONMENT"):
        raise CommandError(
            f"`manage.py dev` needs config.settings.local, but DJANGO_SETTINGS_MODULE says "
            f"{settings.SETTINGS_MODULE}: unset it"
        )
    os.environ.clear()
    os.environ.update(settings.GIVEN_ENVIRONMENT)


def first(before: list[str] | None) -> dict[str, Process]:
    """The process of a command of manage.py that ends by itself; none when none was given."""
    if not before:
        return {}
    # An interrupt lets it tidy up, where a TERM would just end it.
    stop = (signal.SIGINT, signal.SIGTERM)
    return {before[0]: Process(purpose="Runs first", command=(*MANAGE, *before), stop=stop)}


def run(
    servers: list[Server], before: dict[str, Process], chosen: dict[str, Process], *, reload: bool
) -> None:
    """Run servers and processes in the present environment until told to stop."""
    console = Console([*(server.name for server in servers), *before, *chosen])
    runner = Runner(
        servers=servers,
        before=before,
        processes=chosen,
        environment=dict(os.environ),
        watched=code_folders() if reload else [],
        prepare=migrate,
        announce=lambda seconds: console.plain(ready_line(seconds, servers, chosen)),
        control=remote_control(),
        console=console,
    )
    asyncio.run(runner.run())
    console.say("stopped")


def remote_control() -> Control:
    """What asks workers and Beat whether they are there."""
    # The settings of this process were read before the servers had addresses.
    broker = importlib.reload(importlib.import_module("config.settings.broker"))
    app = Celery(broker=broker.CELERY_BROKER_URL, set_as_current=False)
    app.conf.broker_transport_options = broker.CELERY_BROKER_TRANSPORT_OPTIONS
    return app.control


def migrate() -> None:
    """Bring the database up to date; raises StartError when it is not there."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise StartError(f"The database cannot be used: {reason}") from None
    finally:
        connections.close_all()


def ready_line(seconds: float, servers: list[Server], chosen: dict[str, Process]) -> str:
    """What is where, now that all of it answers."""
    places = {name: process.address for name, process in chosen.items() if process.address}
    places |= {server.name: " ".join(server.environment.values()) for server in servers}
    places["mails"] = shown(Path(settings.EMAIL_FILE_PATH)) if settings.EMAIL_FILE_PATH else ""
    parts = [f"{name} {place}" for name, place in places.items() if place]
    return f"ready in {seconds:.1f} s: {', '.join(parts)}"


def shown(path: Path) -> str:
    """A path as short as it goes."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def require_free_ports(chosen: dict[str, Process]) -> None:
    """Raise CommandError with a way out when a process would find its port taken."""
    for name, process in chosen.items():
        port = urlsplit(process.address).port
        if port and not is_free(port):
            free = next(other for other in range(port + 1, 65536) if is_free(other))
            raise CommandError(
                f"Port {port} for {name} is taken; try another, such as {process.port_set_by}{free}"
            )


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
