"""What must be true of every project, seen without starting it."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import Bake
from tests.fast.dependencies import (
    declared,
    distribution_of,
    imported,
    named_in_settings,
)
from tests.fast.queues import load_queues, tasks_of
from tests.files import (
    all_files,
    contents,
    lines_of,
    python_files,
    rendered_files,
    runs_in_production,
    tree_of,
)
from tests.variants import TEMPLATE, VERBATIM_ROOMS, Answers

CODE_IN_MARKDOWN = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
TEMPLATE_TAG = re.compile(r"(?<!\$)\{\{|\{%|\{#")

# What is left of an answer in the files that speak of it, when the answer was no.
WORDS = {
    "django_tasks": re.compile(r"db_worker|django.tasks.db", re.IGNORECASE),
    "flower": re.compile(r"flower", re.IGNORECASE),
    "database_scheduler": re.compile(r"django.celery.beat|DatabaseScheduler", re.IGNORECASE),
    "job_board": re.compile(r"resume|seeker|employer", re.IGNORECASE),
}


def test_no_tag_of_the_template_is_left(project: Path) -> None:
    left = [place for place, line in lines_of(rendered_files(project)) if TEMPLATE_TAG.search(line)]
    assert left == []


def test_no_file_shows_where_a_tag_stood(project: Path) -> None:
    for path in rendered_files(project):
        text = path.read_text(encoding="utf-8")
        if not text:
            continue
        assert not text.startswith("\n"), f"{path} begins with an empty line"
        assert text.endswith("\n"), f"{path} ends without a newline"
        assert not text.endswith("\n\n"), f"{path} ends with an empty line"
        assert not re.search(r"[ \t]$", text, re.MULTILINE), f"{path} has spaces at a line's end"
        if path.suffix == ".md":
            text = CODE_IN_MARKDOWN.sub("```", text)
        hole = r"\n{4}" if path.suffix == ".py" else r"\n{3}"
        assert not re.search(hole, text), f"{path} has a hole of empty lines"


def test_what_was_not_chosen_is_not_spoken_of(project: Path, answers: Answers) -> None:
    lines = list(lines_of(rendered_files(project)))
    for question, word in WORDS.items():
        if not answers.get(question, True):
            assert [place for place, line in lines if word.search(line)] == []


def test_python_compiles(project: Path) -> None:
    for path in python_files(project):
        compile(tree_of(path.read_bytes()), path, "exec")


def test_ruff_has_nothing_to_say(project: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        ruff = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ruff.returncode == 0, ruff.stdout + ruff.stderr


def test_data_files_parse(project: Path) -> None:
    parsers = {".toml": tomllib.loads, ".json": json.loads, ".yml": load_yaml, ".yaml": load_yaml}
    for path in all_files(project):
        if parse := parsers.get(path.suffix):
            parse(path.read_text(encoding="utf-8"))


def load_yaml(text: str) -> None:
    list(yaml.safe_load_all(text))


def test_every_import_is_a_dependency(project: Path) -> None:
    dependencies, development = declared(project)
    for path in python_files(project):
        in_production = runs_in_production(path, project)
        for package, only_for_types in imported(path, project):
            needed = in_production and not only_for_types
            allowed = dependencies if needed else dependencies | development
            assert distribution_of(package) in allowed, f"{path} imports {package}"
    for path, distribution in named_in_settings(project):
        assert distribution in dependencies, f"{path} names {distribution}"


def test_queues_workers_and_routes_are_in_step(project: Path, answers: Answers) -> None:
    queues = load_queues(project)
    chosen = {queue.strip() for queue in str(answers.get("queues", "default")).split(",")}
    if "queues" in answers:
        assert {str(queue) for queue in queues.Queue} == {*chosen, "default"}
    assert set(queues.WORKERS) == set(queues.Queue)
    assert set(queues.ROUTES.values()) <= set(queues.Queue)
    assert set(queues.ROUTES) <= tasks_of(project)


@pytest.mark.parametrize("room", VERBATIM_ROOMS)
def test_rooms_are_copied_verbatim(project: Path, room: str) -> None:
    template = contents(TEMPLATE / room)
    for name, content in contents(project / room).items():
        assert content == template[name], f"{room}/{name} is not the template's"


def test_clone_gives_the_same_project(
    project: Path, answers: Answers, bake: Bake, clone: Path
) -> None:
    assert contents(bake(answers, clone)) == contents(project)
