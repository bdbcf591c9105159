"""The operations of the whole interface, as its OpenAPI document lists them."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import SchemaGenerator

METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}


@dataclass(frozen=True)
class Operation:
    """A method at an address; names in braces stand for ids."""

    method: str
    path: str
    description: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_public(self) -> bool:
        """Whether it needs no login."""
        return {} in self.description["security"]

    @property
    def media_types(self) -> set[str]:
        """What its body may be; empty when it takes none."""
        return set(self.description.get("requestBody", {}).get("content", ()))

    def parameters(self, kind: str) -> dict[str, dict[str, Any]]:
        """The schemas of its parameters in the "path" or in the "query", by name."""
        parameters = self.description.get("parameters", ())
        return {each["name"]: each["schema"] for each in parameters if each["in"] == kind}


def described() -> dict[str, Any]:
    """The OpenAPI document."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


OPERATIONS = [
    Operation(method.upper(), path, description)
    for path, operations in described()["paths"].items()
    for method, description in operations.items()
]
