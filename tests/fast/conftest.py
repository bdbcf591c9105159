"""What the fast tests look at: every variant, and the answers that strain a file most."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.variants import QUESTIONS, ROOT, VARIANTS, Answers

STRAINING: dict[str, Answers] = {
    "longest": {
        "project_name": "Pneumonoultramicroscopicsilicovolcanoconiosis and its many cures",
        "project_slug": "pneumonoultramicroscopicsilicovolcanoconiosis_cure",
        "description": " ".join(["antidisestablishmentarianism"] * 7)[:200],
        "author_name": "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff-Senior & Child",
        "timezone": "America/Argentina/ComodRivadavia",
        "queues": f"{QUESTIONS['queues']}, {'q' * 64}, {'z' * 63}9",
    },
    "shortest": {
        "project_name": "A",
        "description": "b",
        "author_name": "c",
        "queues": "d",
        "broker": "rabbitmq",
        "django_tasks": False,
        "flower": False,
        "database_scheduler": False,
        "job_board": False,
    },
    "oddest": {
        "project_name": "L'Été & Fils: #1, 100% 🚀 -- *now*",
        "description": "It's 50% off; a & b: [c] # d | $HOME ~ 日本語 !x ?y @z",
        "author_name": "Zoë O'Neil & Søn, 李",
    },
}

CASES: dict[str, Answers] = {str(variant): variant.answers for variant in VARIANTS} | STRAINING


@pytest.fixture(
    scope="session",
    params=[pytest.param(case, marks=pytest.mark.xdist_group(case)) for case in CASES],
)
def answers(request: pytest.FixtureRequest) -> Answers:
    return CASES[request.param]


@pytest.fixture(scope="session")
def project(answers: Answers, baked: Callable[[Answers], Path]) -> Path:
    return baked(answers)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone of a commit that holds what git would take from the work tree now."""
    repository, clone = tmp_path_factory.mktemp("git"), tmp_path_factory.mktemp("clone") / "clone"
    environment = {**os.environ, "GIT_DIR": str(repository), "GIT_WORK_TREE": str(ROOT)}
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--message=now"],
    ):
        subprocess.run(["git", *command], cwd=ROOT, env=environment, check=True)
    subprocess.run(["git", "clone", "--quiet", repository, clone], check=True)
    return clone
