"""Start a Celery worker the way config/queues.py describes it."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.paths import BASE_DIR
from config.processes import worker_command
from config.queues import WORKERS, Queue


class Command(BaseCommand):
    """Becomes the Celery worker, so that signals and limits of its starter hold for it."""

    help = "Start the worker of a queue (or one worker for several, or for all)."
    # The worker runs them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which queues; and what may differ from config/queues.py."""
        parser.add_argument("queues", nargs="*", metavar="QUEUE")
        parser.add_argument("--all", action="store_true", help="one worker for all queues")
        parser.add_argument("--concurrency", type=int, help="tasks at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process by the worker."""
        queues = list(WORKERS) if options["all"] else [known(name) for name in options["queues"]]
        if not queues:
            raise CommandError(f"Name a queue ({', '.join(WORKERS)}), or say --all.")
        name = "all" if options["all"] else "+".join(queues)
        command = worker_command(name, queues, concurrency=options["concurrency"])
        # A supervisor's SIGTERM then lets tasks finish for worker_soft_shutdown_timeout seconds
        # and hands back what takes longer; Celery's own would wait for the task without end.
        environment = {"REMAP_SIGTERM": "SIGQUIT"} | os.environ
        os.chdir(BASE_DIR)
        os.execve(command[0], command, environment)


def known(name: str) -> Queue:
    """The queue of that name; raises CommandError with the names there are."""
    try:
        return Queue(name)
    except ValueError:
        raise CommandError(
            f"No queue is named {name}; config/queues.py has {', '.join(WORKERS)}."
        ) from None
