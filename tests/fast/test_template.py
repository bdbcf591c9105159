"""The law of the template, and what keeps generations equal."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.files import all_files
from tests.variants import (
    PAIRS,
    ROOT,
    TEMPLATE,
    VARIANTS,
    VERBATIM_ROOMS,
    Answers,
    variants_to_start,
    variants_to_test,
)

ROOMS_OF_ANSWERS = {"config", ".github"}
ANSWER = re.compile(r"\{\{-?\s*cookiecutter|\{%-?[^%]*cookiecutter")

# Runs in every Python that a generation starts: the first word to a network ends it.
NO_NETWORK = """
import os
import sys

def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        os.write(2, f"network used: {event} {args}".encode())
        os._exit(99)

sys.addaudithook(refuse)
"""


@pytest.mark.parametrize("room", VERBATIM_ROOMS)
def test_verbatim_room_holds_no_answer(room: str) -> None:
    files = all_files(TEMPLATE / room)
    assert files
    for path in files:
        assert "{{" not in str(path.relative_to(TEMPLATE))
        assert not ANSWER.search(path.read_text(encoding="utf-8", errors="replace")), path


def test_answers_have_no_other_room() -> None:
    folders = {path.name for path in TEMPLATE.iterdir() if path.is_dir()}
    assert folders == {*VERBATIM_ROOMS, *ROOMS_OF_ANSWERS}


def test_template_holds_nothing_that_git_ignores() -> None:
    ignored = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "--", TEMPLATE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ignored.stdout == "", "it would be copied into every project, but not from a clone"


def test_every_two_answers_meet_where_projects_are_started_and_tested() -> None:
    started, tested = (
        set().union(*(variant.pairs for variant in chosen))
        for chosen in (variants_to_start(), variants_to_test())
    )
    assert started == PAIRS
    assert all("flower" in dict(pair) for pair in PAIRS - tested)
    assert len(VARIANTS) == len(set(VARIANTS)) == 96


def test_generation_uses_no_network(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True
        )

    refused = run("-c", "import socket; socket.create_connection(('127.0.0.1', 9))")
    assert refused.returncode == 99

    made = run("-m", "cookiecutter", str(ROOT), "--no-input", "--output-dir", str(tmp_path))
    assert made.returncode == 0, made.stderr


def test_hook_leaves_no_copy_of_itself(
    baked: Callable[[Answers], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    baked({"project_slug": "leaves_nothing"})
    assert list(tmp_path.iterdir()) == []


def test_no_secret_is_made_up(baked: Callable[[Answers], Path]) -> None:
    """A secret in a project would differ between two generations, or be the same for everybody."""
    production = (baked({}) / "config" / "settings" / "production.py").read_text(encoding="utf-8")
    assert "SECRET_KEY" in production
    assert not re.search(r"SECRET_KEY\s*=\s*[\"']", production)
