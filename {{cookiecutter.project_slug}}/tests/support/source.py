"""What the project's own rooms hold."""

import importlib
import pkgutil

from django.tasks import Task

from config.paths import BASE_DIR

ROOMS = ("apps", "background", "fastdata", "operations")


def light_tasks() -> set[str]:
    """The dotted path of every Django task of the project."""
    found = [pkgutil.walk_packages([str(BASE_DIR / room)], f"{room}.") for room in ROOMS]
    modules = [importlib.import_module(module.name) for each in found for module in each]
    values = [value for module in modules for value in vars(module).values()]
    return {value.module_path for value in values if isinstance(value, Task)}
