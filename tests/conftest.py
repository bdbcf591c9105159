"""Projects to look at, baked once for each set of answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from tests.variants import Answers


class Bake(Protocol):
    def __call__(self, answers: Answers, template: Path | None = None) -> Path: ...


@pytest.fixture(scope="session")
def bake(cookies_session) -> Bake:
    """Return a function that generates a project in a folder of its own."""

    def generate(answers: Answers, template: Path | None = None) -> Path:
        result = cookies_session.bake(answers, template and str(template))
        if result.exception:
            raise result.exception
        return result.project_path

    return generate


@pytest.fixture(scope="session")
def baked(bake: Bake) -> Callable[[Answers], Path]:
    """Return a function like bake that generates equal answers once; look, do not touch."""
    projects: dict[tuple[tuple[str, str | bool], ...], Path] = {}

    def generate_once(answers: Answers) -> Path:
        key = tuple(sorted(answers.items()))
        if key not in projects:
            projects[key] = bake(answers)
        return projects[key]

    return generate_once
