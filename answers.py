"""What a good answer is: Jinja filters that refuse a bad one with one line.

Cookiecutter prints a FailedHookException as it is and stops before it has written anything.
"""

import json
import keyword
import re
import reprlib
import sys
import unicodedata
import zoneinfo
from pathlib import Path
from typing import NoReturn

from cookiecutter.exceptions import FailedHookException
from jinja2 import Environment
from jinja2.ext import Extension

HERE = Path(__file__).parent
TEMPLATE_FOLDER = "{{cookiecutter.project_slug}}"

NAME_LENGTH = 64
DESCRIPTION_LENGTH = 200
# PostgreSQL cuts names after 63 bytes; pytest's database adds "test_" and a worker's number.
SLUG_LENGTH = 50

# Each of them would end a string, a tag or a line in one of the files an answer stands in.
UNSAFE_CHARACTERS = '"\\<>{}`'

# Letter first, letter or digit last: a Python identifier and a distribution's name at once.
SLUG = re.compile(r"[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?", re.ASCII)
QUEUE = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)

WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)
}
# Imported by the project under another name than the one they are installed by, or that of a
# package which brings them along.
OTHER_NAMES = {"amqp", "asgiref", "billiard", "docx", "environ", "google", "rest_framework", "yaml"}


def refuse(question: str, answer: str, problem: str, example: str) -> NoReturn:
    """Stop the generation with one line: the question, what is wrong, a good answer."""
    raise FailedHookException(
        f'{question}: {reprlib.repr(answer)} {problem}. A good answer: "{example}".'
    )


def checked_text(question: str, text: str, longest: int, example: str) -> str:
    """Return text if it can stand, as it is, between double quotes in any rendered file."""
    if not text:
        refuse(question, text, "is empty", example)
    if len(text) > longest:
        refuse(question, text, f"has {len(text)} characters, {longest} at most", example)
    if text != text.strip():
        refuse(question, text, "begins or ends with a space", example)
    if not text.isprintable():
        refuse(question, text, "is not one line of printable characters", example)
    if unsafe := sorted(set(text) & set(UNSAFE_CHARACTERS)):
        refuse(question, text, f"has {' '.join(unsafe)} in it", example)
    return text


def checked_name(name: str) -> str:
    return checked_text("project_name", name, NAME_LENGTH, "Job Board")


def checked_description(description: str) -> str:
    return checked_text("description", description, DESCRIPTION_LENGTH, "Jobs and applications")


def checked_author(name: str) -> str:
    return checked_text("author_name", name, NAME_LENGTH, "Ada Lovelace")


def derived_slug(name: str) -> str:
    """Return the slug that a project's name suggests; it may be no good one."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:SLUG_LENGTH].rstrip("_")


def checked_slug(slug: str) -> str:
    """Return slug if it can name a folder, a distribution, a database and a Celery app."""

    def refuse_slug(problem: str) -> NoReturn:
        refuse("project_slug", slug, problem, "job_board")

    lower = slug.lower()
    if not slug:
        refuse_slug("is empty, give one")
    if len(slug) > SLUG_LENGTH:
        refuse_slug(f"has {len(slug)} characters, {SLUG_LENGTH} at most")
    if not SLUG.fullmatch(slug):
        refuse_slug("is not made of A-Z, a-z, 0-9 and _ with a letter first and no _ last")
    if keyword.iskeyword(slug) or keyword.iskeyword(lower):
        refuse_slug("is a Python keyword")
    if lower in WINDOWS_DEVICES:
        refuse_slug("is no folder's name on Windows")
    if lower in packages_of_the_project():
        refuse_slug("would hide a package that the project imports")
    return slug


def packages_of_the_project() -> set[str]:
    """Return what the project imports: its own rooms, Python's library, its dependencies."""
    project = HERE / TEMPLATE_FOLDER
    rooms = {path.stem for path in project.iterdir()}
    pyproject = (project / "pyproject.toml").read_text(encoding="utf-8")
    installed = re.findall(r'"([\w-]+)(?:\[[\w,]+\])?>=', pyproject)
    names = {name.lower().replace("-", "_") for name in installed}
    return rooms | sys.stdlib_module_names | names | OTHER_NAMES


def checked_timezone(name: str) -> str:
    """Return name if it is an IANA time zone; the files of a machine's own clock are none."""
    if name not in zoneinfo.available_timezones() - {"Factory", "localtime"}:
        refuse("timezone", name, "is no IANA time zone", "Europe/Berlin")
    return name


def checked_queues(answer: str) -> str:
    """Return the queues as "a,b,c", with default in front if it was not among them."""

    def refuse_queues(problem: str) -> NoReturn:
        refuse("queues", answer, problem, "default, emails, ai_tasks")

    queues = [queue.strip(" ") for queue in answer.split(",")]
    if queues == [""]:
        refuse_queues("is empty")
    for queue in queues:
        if not queue:
            refuse_queues("has a comma with no queue beside it")
        if len(queue) > NAME_LENGTH:
            refuse_queues(f"has a queue of {len(queue)} characters, {NAME_LENGTH} at most")
        if not QUEUE.fullmatch(queue):
            refuse_queues(f"has {queue!r}, not made of a-z, 0-9 and _ with a letter first")
        if queues.count(queue) > 1:
            refuse_queues(f"has {queue!r} twice")
    return ",".join(queues if "default" in queues else ["default", *queues])


def chosen_in(queue: str, queues: str) -> str:
    """Return queue if it is in queues ("a,b,c"), else default."""
    return queue if queue in queues.split(",") else "default"


class Answers(Extension):
    """The filters above, and a refusal of answers that are Jinja themselves."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        for check in (
            checked_name,
            derived_slug,
            checked_slug,
            checked_description,
            checked_author,
            checked_timezone,
            checked_queues,
            chosen_in,
        ):
            environment.filters[check.__name__] = check
        # cruft renders two releases in one process: each must load its own filters.
        sys.modules.pop(__name__, None)

    def preprocess(self, source: str, name: str | None, _filename: str | None = None) -> str:
        """Refuse tags in an answer: cookiecutter would render what the command line gave it."""
        if name is None and re.search(r"\{[{%#]", source) and not is_of_the_template(source):
            raise FailedHookException(
                f'{reprlib.repr(source)} is a Jinja tag, no answer. A good answer: "Job Board".'
            )
        return source


def is_of_the_template(source: str) -> bool:
    """Tell whether a text with tags is the template's own: a default, the folder, the hook."""
    return (
        source == TEMPLATE_FOLDER
        or json.dumps(source) in (HERE / "cookiecutter.json").read_text(encoding="utf-8")
        or source == (HERE / "hooks" / "post_gen_project.py").read_text(encoding="utf-8")
    )
