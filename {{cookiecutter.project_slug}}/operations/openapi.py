"""What the OpenAPI document says about errors, which look the same at every address."""

from typing import Any, NamedTuple

SCHEMAS = {
    "Error": {
        "type": "object",
        "properties": {"detail": {"type": "string"}},
        "required": ["detail"],
    },
    "FieldErrors": {
        "type": "object",
        "description": (
            "By field what is wrong with it, line by line; inside of a list by index. "
            "`non_field_errors` is about the whole, `detail` about a body that can't be read."
        ),
        "additionalProperties": {
            "oneOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "object"},
                {"type": "string"},
            ]
        },
    },
}


class Error(NamedTuple):
    """A component of the document: what a status means, and the schema of its body."""

    name: str
    description: str
    schema: str = "Error"


ERRORS = {
    "400": Error("BadRequest", "Something in the request is wrong.", "FieldErrors"),
    "401": Error("Unauthorized", "Log in first, or with a token that is good."),
    "403": Error("Forbidden", "This is not yours to do, or the CSRF token is missing."),
    "404": Error("NotFound", "There is no such thing for you."),
    "413": Error("TooLarge", "The request is larger than the limit."),
    "415": Error("UnsupportedMediaType", "The body is of a type that is not taken."),
    "429": Error("TooManyRequests", "Come back after as many seconds as `Retry-After` says."),
}


def document_errors(result: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Add to each operation the errors that it may answer; a hook of drf-spectacular."""
    components = result["components"]
    components["schemas"] = components.get("schemas", {}) | SCHEMAS
    components["responses"] = {error.name: _response(error) for error in ERRORS.values()}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in _possible_errors(operation):
                reference = {"$ref": f"#/components/responses/{ERRORS[status].name}"}
                operation["responses"].setdefault(status, reference)
    return result


def _response(error: Error) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{error.schema}"}
    return {
        "description": error.description,
        "content": {"application/json": {"schema": schema}},
    }


def _possible_errors(operation: dict[str, Any]) -> list[str]:
    takes_body = "requestBody" in operation
    takes_parameters = "parameters" in operation
    # An empty requirement among them stands for nobody in particular.
    logins = operation["security"]
    possible = {
        "400": takes_body or takes_parameters,
        "401": any(logins),
        "403": all(logins),
        "404": takes_parameters,
        "413": takes_body,
        "415": takes_body,
        "429": True,
    }
    return [status for status, is_possible in possible.items() if is_possible]
