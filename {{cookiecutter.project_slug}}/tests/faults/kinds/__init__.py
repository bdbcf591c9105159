"""The work that faults are tried on: the KINDS of every module in here."""

from contextlib import AbstractContextManager
from importlib import import_module
from pkgutil import iter_modules

from tests.faults.load import Kind

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def kinds() -> list[AbstractContextManager[Kind]]:
    """Every kind of work of this project, each to be entered for as long as it is used."""
    return [kind() for module in MODULES for kind in module.KINDS]
