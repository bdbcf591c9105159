"""Bodies that are wrong in one thing: a clear answer that names it, and nothing stored."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.api.conftest import JSON, People, Send, Stored
from tests.api.example import Example
from tests.api.examples import EXAMPLES
from tests.api.operations import OPERATIONS

type Filled = Callable[[Example], dict[str, Any]]
type SendBody = Callable[..., Any]

FIELDS = [(example, field) for example in EXAMPLES for field in example.body]
TEXTS = [(example, field) for example in EXAMPLES for field in example.texts]
# From right to left between marks of direction, an accent of its own, and beyond 16 bits.
ODD_TEXT = "a\u202e\u05e9\u05dc\u202c\u200f e\u0301 \U0001f9a4 日本"
LONE_SURROGATE = "\ud800"

each_example = pytest.mark.parametrize("example", EXAMPLES, ids=str)
each_field = pytest.mark.parametrize(("example", "field"), FIELDS, ids=str)


@pytest.fixture
def filled(things: dict[str, Any]) -> Filled:
    """The body of an example, about the things that are there."""

    def filled(example: Example) -> dict[str, Any]:
        return {
            name: value.format_map(things) if isinstance(value, str) else value
            for name, value in example.body.items()
        }

    return filled


@pytest.fixture
def send_body(send: Send, people: People) -> SendBody:
    """Send a body where an example goes; what is no text yet becomes JSON."""

    def send_body(example: Example, body: Any, **options: Any) -> Any:
        sender = people[example.role] if example.role else None
        body = body if isinstance(body, str | bytes) else json.dumps(body)
        if example.is_keyed:
            options["headers"] = {"Idempotency-Key": str(uuid4())}
        return send(sender, example.method, example.path, body, **options)

    return send_body


def in_form(example: Example, field: str, text: str) -> Any:
    """A text as the field takes it: alone, or in a list."""
    return [text] if isinstance(example.body[field], list) else text


def test_every_request_that_takes_json_has_an_example() -> None:
    with_json = {str(operation) for operation in OPERATIONS if JSON in operation.media_types}

    assert {str(example) for example in EXAMPLES} == with_json


@each_example
def test_an_example_is_taken_as_it_stands(
    send_body: SendBody, filled: Filled, example: Example
) -> None:
    assert send_body(example, filled(example)).status_code in range(200, 300)


@each_field
def test_a_wrong_type_is_named_and_nothing_stored(
    send_body: SendBody, filled: Filled, stored: Stored, example: Example, field: str
) -> None:
    before = stored()

    for wrong in (None, {}, {"a": [1]}, [[]], [None]):
        answer = send_body(example, filled(example) | {field: wrong})

        assert answer.status_code == 400, wrong
        assert list(answer.json()) == [field], wrong

    assert stored() == before


@each_field
def test_a_nul_is_named_and_nothing_stored(
    send_body: SendBody, filled: Filled, stored: Stored, example: Example, field: str
) -> None:
    before = stored()

    answer = send_body(example, filled(example) | {field: in_form(example, field, "a\x00b")})

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert stored() == before


@each_field
def test_half_a_character_is_refused_and_nothing_stored(
    send_body: SendBody, filled: Filled, stored: Stored, example: Example, field: str
) -> None:
    before = stored()
    good = filled(example)

    for body in (
        good | {field: in_form(example, field, LONE_SURROGATE)},
        good | {LONE_SURROGATE: "a field that nobody asked for"},
    ):
        answer = send_body(example, body)

        assert answer.status_code == 400
        assert "lone surrogate" in answer.json()["detail"]

    assert stored() == before


@pytest.mark.parametrize(("example", "field"), TEXTS, ids=str)
def test_every_script_and_sign_comes_back_as_it_was(
    send_body: SendBody, filled: Filled, example: Example, field: str
) -> None:
    text = in_form(example, field, ODD_TEXT)

    assert send_body(example, filled(example) | {field: text}).json()[field] == text


@each_field
def test_a_number_beyond_measure_breaks_nothing(
    send_body: SendBody, filled: Filled, stored: Stored, example: Example, field: str
) -> None:
    for number in ("9" * 30, "-" + "9" * 30, "1e400", "9" * 5000):
        before = stored()
        body = json.dumps(filled(example) | {field: "a number"}).replace('"a number"', number)

        answer = send_body(example, body)

        # Text that is spelled as a number is a text.
        assert answer.status_code < 300 or answer.status_code == 400
        assert answer.status_code < 300 or stored() == before


@each_field
def test_of_two_values_for_a_field_the_last_one_counts(
    send_body: SendBody, filled: Filled, stored: Stored, example: Example, field: str
) -> None:
    before = stored()
    good = json.dumps(filled(example))

    answer = send_body(example, good.removesuffix("}") + f', "{field}": {{}}}}')

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert stored() == before


@each_example
def test_a_body_that_is_no_object_of_json_is_refused(
    send_body: SendBody, stored: Stored, example: Example
) -> None:
    before = stored()

    for body in (
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": 1} {}',
        b"\xff\xfe{}",
        b"[]",
        b"[{}]",
        b'"text"',
        b"7",
        b"null",
        b'{"a":' * 100_000,
    ):
        answer = send_body(example, body)

        assert answer.status_code == 400, body[:20]
        assert set(answer.json()) <= {"detail", "non_field_errors"}, body[:20]

    assert stored() == before


@each_example
def test_a_body_of_another_type_is_refused(
    send_body: SendBody, filled: Filled, stored: Stored, example: Example
) -> None:
    before = stored()

    for kind in ("application/xml", "text/plain", "application/octet-stream", "nonsense", "a/b/c"):
        answer = send_body(example, filled(example), content_type=kind)

        assert answer.status_code == 415, kind
        assert "media type" in answer.json()["detail"], kind

    assert stored() == before


@each_example
def test_a_charset_that_is_none_breaks_nothing(
    send_body: SendBody, filled: Filled, example: Example
) -> None:
    for charset in ("nonsense", "rot13", "hex", "undefined", "utf-7", "utf-32", "idna"):
        answer = send_body(example, filled(example), content_type=f"{JSON}; charset={charset}")

        assert answer.status_code < 500, charset
