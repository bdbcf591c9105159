"""The files of a generated project, told apart by where they come from."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.variants import VERBATIM_ROOMS

# Parts of a project that never run in production, and may need what is not installed there.
DEVELOPMENT = (
    "tests/",
    "operations/dev/",
    "operations/management/commands/dev.py",
    "operations/servers/",
)


def all_files(project: Path) -> list[Path]:
    return sorted(path for path in project.rglob("*") if path.is_file())


def rendered_files(project: Path) -> list[Path]:
    """Return the files in which answers stand: all but the verbatim rooms."""
    return [
        path
        for path in all_files(project)
        if path.relative_to(project).parts[0] not in VERBATIM_ROOMS
    ]


def python_files(project: Path) -> list[Path]:
    return [path for path in all_files(project) if path.suffix == ".py"]


@cache
def tree_of(source: bytes) -> ast.Module:
    """Parse a source once, however many variants hold it."""
    return ast.parse(source)


def runs_in_production(path: Path, project: Path) -> bool:
    return not path.relative_to(project).as_posix().startswith(DEVELOPMENT)


def contents(project: Path) -> dict[str, tuple[bytes, int]]:
    """Return what every file holds, and whether it can be executed."""
    return {
        path.relative_to(project).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o111)
        for path in all_files(project)
    }


def lines_of(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield every line with its place, as an editor understands it."""
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path}:{number}", line
