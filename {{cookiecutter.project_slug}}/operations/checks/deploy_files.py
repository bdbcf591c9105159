"""Whether the workers that a deploy file starts read every queue, and none that is not there.

Read are `Procfile`, the compose files together, the files of deploy/ together, and each folder in
it. A command counts when it stands on one line, or on several that end with a backslash; in YAML
however it is written.
"""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from django.core.checks import CheckMessage, Error

from config import paths
from config.queues import WORKERS

PROSE = {".md", ".rst", ".txt"}
YAML = {".yaml", ".yml"}
# The words of a command by their order, in Compose (entrypoint, command) and Kubernetes (command,
# args).
WHOLE_COMMAND = ("entrypoint", "command", "args")
SPACE = re.compile(r"\s")
COMMENT = re.compile(r"(^|\s)#.*")
# The & of a redirection ends no command.
ARGUMENTS = r"(?P<arguments>([<>][&|]|&>|[^;&|])*)"
WORKER = re.compile(rf"(manage\.py|django-admin|-m\s+django)\s+worker\b{ARGUMENTS}")
# An option, and its value if it has one.
OPTION = r"-\S+\s+([^-\s]\S*\s+)?"
# Without an option on either side it may be prose, such as a description.
CELERYS_OWN = re.compile(rf"\bcelery\s+(({OPTION})+worker(\s|$)|worker\s+-)")
# What is no queue though it begins with no hyphen.
VALUE = re.compile(r"(?<!\S)(--(concurrency|settings|pythonpath|verbosity)|-v)\s+\S+")
REDIRECTION = re.compile(r"((?<!\S)\d+|&)?(<>|>>|<|>)[&|]?\s*\S+")
# How YAML and JSON write a command as a list.
LIST_MARKS = re.compile(r"""["']\s*,\s*["']|["'\[\]]""")
# What only the host knows: a variable of a shell, of systemd, of a template.
UNKNOWN = re.compile(r"[$%{]")


def check_deploy_files(**kwargs: Any) -> Iterator[CheckMessage]:
    """Each deployment with workers has them for every queue, and starts them in our own way."""
    for places in deployments():
        commands = {_name(place): list(commands_in(place)) for place in places}
        read = {name: {*chain(*map(queues_of, lines))} for name, lines in commands.items()}
        starters = [name for name, queues in read.items() if queues]
        yield from _check_queues(", ".join(starters), set().union(*read.values()))
        for name, lines in commands.items():
            if any(map(CELERYS_OWN.search, lines)):
                yield Error(
                    "It starts a worker without the limits of config/queues.py",
                    hint="Start it with manage.py worker QUEUE instead of celery worker",
                    obj=name,
                    id="operations.E011",
                )


def deployments() -> Iterator[list[Path]]:
    """The files and folders that are put to use together; the list may be empty."""
    yield [*paths.BASE_DIR.glob("Procfile")]
    yield sorted(paths.BASE_DIR.glob("*compose*.y*ml"))
    there = sorted(paths.BASE_DIR.glob("deploy/*"))
    yield [place for place in there if place.is_file()]
    yield from ([place] for place in there if place.is_dir())


def _name(place: Path) -> str:
    return str(place.relative_to(paths.BASE_DIR))


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
    """What a file, or a folder's files, may have run, each as a shell would be given it."""
    for file in [place] if place.is_file() else sorted(place.rglob("*")):
        if file.is_file() and file.suffix not in PROSE:
            text = file.read_text(encoding="utf-8", errors="replace")
            # To parse YAML takes seconds for a megabyte of it.
            is_yaml = file.suffix in YAML and "worker" in text
            yield from _commands_of_yaml(text) if is_yaml else _lines(text)


def _commands_of_yaml(text: str) -> Iterator[str]:
    try:
        documents = [*yaml.safe_load_all(text)]
    except (yaml.YAMLError, ValueError):
        # A template of it, with tags of its own, or a date that is none.
        yield from _lines(text)
    else:
        yield from chain(*map(_commands_of_node, documents))


def _commands_of_node(node: object) -> Iterator[str]:
    """The commands in a part of a YAML document, a list of words being one."""
    match node:
        case str():
            yield from _lines(node)
        case list() if all(isinstance(word, str) and not SPACE.search(word) for word in node):
            yield " ".join(node)
        case list():
            yield from chain(*map(_commands_of_node, node))
        case dict():
            words = chain(*(_words(node.get(name)) for name in WHOLE_COMMAND))
            yield from _lines(" ".join(words))
            rest = [value for name, value in node.items() if name not in WHOLE_COMMAND]
            yield from chain(*map(_commands_of_node, rest))


def _words(part: object) -> Iterator[str]:
    """A part of a command, which is a text or a list of texts and numbers."""
    match part:
        case str():
            yield part
        case list():
            yield from map(str, part)


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        yield LIST_MARKS.sub(" ", COMMENT.sub("", line))


def queues_of(command: str) -> Iterator[str]:
    """The queues of the workers that a line starts; none if it starts something else."""
    for worker in WORKER.finditer(command):
        arguments = VALUE.sub("", REDIRECTION.sub(" ", worker["arguments"])).split()
        if "--all" in arguments:
            yield from WORKERS
        yield from (argument for argument in arguments if not argument.startswith("-"))


CHECKS = (check_deploy_files,)
