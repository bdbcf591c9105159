"""Whether the workers that a deploy file starts read every queue, and none that is not there.

Read are `Procfile`, the compose files, and each file and folder of deploy/. A command counts when
it stands on one line, or on several that end with a backslash.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error

from config import paths
from config.queues import WORKERS

PLACES = ("Procfile", "*compose*.y*ml", "deploy/*")
PROSE = {".md", ".rst", ".txt"}
COMMENT = re.compile(r"(^|\s)#.*")
WORKER = re.compile(r"manage\.py\s+worker\b(?P<arguments>[^;&|]*)")
CELERYS_OWN = re.compile(r"\bcelery\s.*(-A|--app).*\sworker(\s|$)")
CONCURRENCY = re.compile(r"--concurrency[=\s]\s*\S+")
# How YAML and JSON write a command as a list.
LIST_MARKS = re.compile(r"""["']\s*,\s*["']|["'\[\]]""")
# What only the host knows: a variable of a shell, of systemd, of a template.
UNKNOWN = re.compile(r"[$%{]")


def check_deploy_files(**kwargs: Any) -> Iterator[CheckMessage]:
    """Each place that starts workers starts them for every queue, and in the project's own way."""
    for place in sorted(path for pattern in PLACES for path in paths.BASE_DIR.glob(pattern)):
        commands = list(commands_in(place))
        name = str(place.relative_to(paths.BASE_DIR))
        yield from _check_queues(name, {queue for line in commands for queue in queues_of(line)})
        if any(map(CELERYS_OWN.search, commands)):
            yield Error(
                "It starts a worker without the limits of config/queues.py",
                hint="Start it with manage.py worker QUEUE instead of celery worker",
                obj=name,
                id="operations.E011",
            )


def _check_queues(place: str, read: set[str]) -> Iterator[CheckMessage]:
    there = {*map(str, WORKERS)}
    told = {queue for queue in read if not UNKNOWN.search(queue)}
    # One that is not told may be any.
    for queue in sorted(there - read) if told and told == read else ():
        yield Error(
            f"No worker that it starts reads the queue {queue}",
            hint=f"Start one there: manage.py worker {queue}",
            obj=place,
            id="operations.E009",
        )
    for queue in sorted(told - there):
        yield Error(
            f"A worker that it starts reads the queue {queue}, which is not there",
            hint="Name one that config/queues.py has, or add it there",
            obj=place,
            id="operations.E010",
        )


def commands_in(place: Path) -> Iterator[str]:
    """The lines of a file, or of a folder's files, each as a shell would be given it."""
    for file in [place] if place.is_file() else sorted(place.rglob("*")):
        if file.is_file() and file.suffix not in PROSE:
            text = file.read_text(encoding="utf-8", errors="replace").replace("\\\n", " ")
            for line in text.splitlines():
                yield LIST_MARKS.sub(" ", COMMENT.sub("", line))


def queues_of(command: str) -> Iterator[str]:
    """The queues of the workers that a line starts; none if it starts something else."""
    for worker in WORKER.finditer(command):
        arguments = CONCURRENCY.sub("", worker["arguments"]).split()
        if "--all" in arguments:
            yield from WORKERS
        yield from (argument for argument in arguments if not argument.startswith("-"))


CHECKS = (check_deploy_files,)
