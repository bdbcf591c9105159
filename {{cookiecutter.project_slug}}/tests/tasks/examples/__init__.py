"""An example of every task that has a route: the EXAMPLES of each module in here."""

from importlib import import_module
from pkgutil import iter_modules

from tests.tasks.example import Example

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
EXAMPLES: list[Example] = [example for module in MODULES for example in module.EXAMPLES]
