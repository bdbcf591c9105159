"""What a project's code needs from the outside, and what its pyproject.toml declares."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.files import python_files, tree_of
from tests.variants import TEMPLATE

# Packages whose name is not their distribution's.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "amqp": "celery",
    "asgiref": "django",
    "billiard": "celery",
    "docx": "python-docx",
    "environ": "django-environ",
    "google": "google-auth",
    "kombu": "celery",
    "rest_framework": "djangorestframework",
    "yaml": "pyyaml",
}


def distribution_of(package: str) -> str:
    return DISTRIBUTIONS.get(package, package.lower().replace("_", "-"))


def declared(project: Path) -> tuple[set[str], set[str]]:
    """Return the distributions the project needs to run, extras included, and to work on it."""
    pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    groups = pyproject["dependency-groups"].values()
    extras = pyproject["project"].get("optional-dependencies", {}).values()
    return (
        {
            distribution_in(requirement)
            for requirements in (pyproject["project"]["dependencies"], *extras)
            for requirement in requirements
        },
        {distribution_in(requirement) for group in groups for requirement in group},
    )


def declared_by_some_variant() -> set[str]:
    """Return every distribution that the template's own pyproject.toml mentions."""
    text = (TEMPLATE / "pyproject.toml").read_text(encoding="utf-8")
    return {distribution_in(requirement) for requirement in re.findall(r'"([\w\[\],-]+>=)', text)}


def distribution_in(requirement: str) -> str:
    return re.split(r"[\[<>=~!;\s]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def imported(path: Path, project: Path) -> Iterator[tuple[str, bool]]:
    """Yield each foreign package a file imports, and whether only a type checker does."""
    tree = tree_of(path.read_bytes())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        for module in modules_of(node):
            package = module.partition(".")[0]
            if is_foreign(package, project):
                yield package, id(node) in for_types


def modules_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module]
    return []


def is_foreign(package: str, project: Path) -> bool:
    is_own = (project / package).is_dir() or (project / f"{package}.py").exists()
    return package not in sys.stdlib_module_names and not is_own


def named_in_settings(project: Path) -> Iterator[tuple[Path, str]]:
    """Yield each distribution that config/ names in a dotted path, such as an app's."""
    known = declared_by_some_variant()
    for path in python_files(project / "config"):
        for node in ast.walk(tree_of(path.read_bytes())):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z_]+(\.\w+)*(:\w+)?", text):
                distribution = distribution_of(text.partition(".")[0])
                if distribution in known:
                    yield path, distribution
