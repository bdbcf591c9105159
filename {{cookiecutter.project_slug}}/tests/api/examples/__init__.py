"""Examples of every request that takes JSON, from each module in here."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from apps.accounts.models import User
from tests.api.example import Example

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
EXAMPLES: list[Example] = [example for module in MODULES for example in module.EXAMPLES]


def make_things(people: Mapping[str, User]) -> dict[str, Any]:
    """Make what the examples are about, for the people by role; ids and the like by name."""
    return {name: made for module in MODULES for name, made in module.make_things(people).items()}
