"""Queues, routes and tasks of a project, read without starting Django."""

import ast
import runpy
from pathlib import Path
from types import SimpleNamespace

from tests.files import python_files, tree_of

TASK_DECORATORS = {"shared_task", "task", "work_task"}


def load_queues(project: Path) -> SimpleNamespace:
    """Return what config/queues.py defines."""
    return SimpleNamespace(**runpy.run_path(str(project / "config" / "queues.py"), {}, "queues"))


def tasks_of(project: Path) -> set[str]:
    """Return the dotted path of every function that is decorated as a task."""
    return {
        ".".join([*path.relative_to(project).with_suffix("").parts, node.name])
        for path in python_files(project)
        for node in tree_of(path.read_bytes()).body
        if isinstance(node, ast.FunctionDef)
        and any(name_of(decorator) in TASK_DECORATORS for decorator in node.decorator_list)
    }


def name_of(decorator: ast.expr) -> str:
    """Return "task" for @task, @task() and @app.task()."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
