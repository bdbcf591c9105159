"""The OpenAPI document: complete, valid, and about errors too."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from tests.api.operations import METHODS, OPERATIONS, Operation, described

OF_HTTP = {"HEAD", "OPTIONS", "TRACE"}


def views_below(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address, its ids in braces, with its view."""
    for each in resolver.url_patterns:
        path = prefix + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern))
        if isinstance(each, URLPattern):
            yield path, each.callback
        else:
            yield from views_below(each, path)


def test_it_is_made_and_valid_without_a_warning(tmp_path: Any) -> None:
    file = tmp_path / "schema.yaml"

    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))

    assert file.read_text().startswith("openapi: 3")


def test_it_lists_every_operation_of_the_interface() -> None:
    written = {
        (method, path)
        for path, view in views_below(get_resolver())
        if path.startswith("/api/v1/")
        for method in METHODS - OF_HTTP
        if hasattr(view.view_class, method.lower())
    }

    assert written == {(operation.method, operation.path) for operation in OPERATIONS}


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation.description["operationId"] for operation in OPERATIONS]

    assert len(set(names)) == len(names)
    # Where two would be called the same, drf-spectacular adds a number.
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", name) for name in names)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_is_described_under_its_subject(operation: Operation) -> None:
    subject = operation.path.split("/")[3]

    assert operation.description["tags"] == [subject]
    assert operation.description["description"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_says_how_it_may_fail(operation: Operation) -> None:
    statuses = set(operation.description["responses"])

    assert "429" in statuses
    assert ("401" in statuses) == (operation.description["security"] != [{}])
    assert operation.is_public or "403" in statuses
    assert not operation.parameters("path") or "404" in statuses
    assert not operation.media_types or {"400", "413", "415"} <= statuses


def test_every_error_has_a_form() -> None:
    components = described()["components"]

    for response in components["responses"].values():
        reference = response["content"]["application/json"]["schema"]["$ref"]
        assert reference.removeprefix("#/components/schemas/") in components["schemas"]
