"""An example of every task that has a route, and of every light task.

They are the EXAMPLES and the LIGHT_EXAMPLES of each module in here.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.tasks.example import Example, LightExample

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
EXAMPLES: list[Example] = [
    example for module in MODULES for example in getattr(module, "EXAMPLES", [])
]
LIGHT_EXAMPLES: list[LightExample] = [
    example for module in MODULES for example in getattr(module, "LIGHT_EXAMPLES", [])
]
