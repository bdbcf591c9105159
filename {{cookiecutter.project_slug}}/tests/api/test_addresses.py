"""What holds at every address: who gets in, which methods there are, and odd ids and headers."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.api.conftest import People, Send, Stored
from tests.api.operations import METHODS, OPERATIONS, Operation

PATHS = sorted({operation.path for operation in OPERATIONS})
WITH_IDS = [operation for operation in OPERATIONS if operation.parameters("path")]
READING = [operation for operation in OPERATIONS if operation.method == "GET"]
OWNED = [operation for operation in WITH_IDS if not operation.is_public]
CHANGING = [operation for operation in OPERATIONS if operation.method != "GET"]

each_path = pytest.mark.parametrize("path", PATHS)


def each(operations: list[Operation]) -> Any:
    return pytest.mark.parametrize("operation", operations, ids=str)


@pytest.fixture
def everybody(people: People) -> list[User | None]:
    """A user of each role, and nobody."""
    return [*people.values(), None]


def methods_at(path: str) -> set[str]:
    return {operation.method for operation in OPERATIONS if operation.path == path}


@each_path
def test_a_method_that_is_not_there_is_not_allowed(
    send: Send, everybody: list[User | None], path: str
) -> None:
    there = methods_at(path) | {"OPTIONS"} | ({"HEAD"} if "GET" in methods_at(path) else set())

    for method in METHODS - there:
        statuses = {send(user, method, path).status_code for user in everybody}

        assert 405 in statuses
        assert statuses <= {401, 403, 405}


@each_path
def test_an_address_tells_what_it_takes(
    send: Send, everybody: list[User | None], path: str
) -> None:
    for user in everybody:
        answer = send(user, "OPTIONS", path)

        assert answer.status_code in {200, 401, 403}
        assert methods_at(path) <= set(answer["Allow"].split(", "))


@each(READING)
def test_the_head_alone_is_answered_like_the_whole(
    send: Send, everybody: list[User | None], operation: Operation
) -> None:
    for user in everybody:
        whole = send(user, "GET", operation.path)
        head = send(user, "HEAD", operation.path)

        assert (head.status_code, head.content) == (whole.status_code, b"")


@each(READING)
def test_a_browser_may_look_at_it(
    send: Send, everybody: list[User | None], operation: Operation
) -> None:
    for user in everybody:
        plain = send(user, "GET", operation.path)
        page = send(user, "GET", operation.path, headers={"Accept": "text/html"})

        assert page.status_code == plain.status_code
        assert page["Content-Type"].startswith("text/html")


@each(READING)
def test_conditions_and_ranges_change_nothing(
    send: Send, people: People, operation: Operation
) -> None:
    headers = {
        "Range": "bytes=5-1",
        "If-Match": '"nothing"',
        "If-None-Match": "*",
        "If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 GMT",
        "If-Unmodified-Since": "yesterday",
        "If-Range": "\\",
    }

    for user in people.values():
        usual = send(user, "GET", operation.path)
        answer = send(user, "GET", operation.path, headers=headers)

        assert (answer.status_code, answer.json()) == (usual.status_code, usual.json())


@each(OPERATIONS)
def test_only_what_is_public_is_open_to_nobody(send: Send, operation: Operation) -> None:
    answer = send(None, operation.method, operation.path)

    assert (answer.status_code == 401) == (not operation.is_public)


@each(OWNED)
def test_what_is_somebodys_is_nobody_elses(
    send: Send, strangers: People, stored: Stored, operation: Operation
) -> None:
    before = stored()

    for stranger in strangers.values():
        answer = send(stranger, operation.method, operation.path, "{}")

        assert answer.status_code in {403, 404}
        assert list(answer.json()) == ["detail"]

    assert stored() == before


@each(WITH_IDS)
def test_an_id_that_is_none_is_not_found(
    send: Send, people: People, things: dict[str, Any], stored: Stored, operation: Operation
) -> None:
    before = stored()
    ((name, schema),) = operation.parameters("path").items()
    if schema.get("format") == "uuid":
        wrong = [uuid4(), f"{things[name]}x", f"{things[name]}%00", "0" * 36, "1", "%FF"]
    else:
        wrong = ["0", "9" * 30, "9" * 5000, "-1", f"{things[name]}x", "1.0", "%00", "٣", "%FF"]

    for value in wrong:
        path = operation.path.replace(f"{{{name}}}", str(value))
        statuses = {
            send(user, operation.method, path, "{}").status_code for user in people.values()
        }

        assert 404 in statuses, value
        assert statuses <= {403, 404}, value

    assert stored() == before


@each(OPERATIONS)
def test_a_token_that_is_none_is_refused_where_tokens_count(
    things: dict[str, Any], operation: Operation
) -> None:
    takes_tokens = operation.description["security"] != [{}]

    for header in (
        "Token",
        "Token ",
        "Token two words",
        "Token " + "x" * 10_000,
        "Token \xfc",
        "Token 0000000000000000000000000000000000000000",
    ):
        client = APIClient(headers={"Authorization": header})
        answer = client.generic(operation.method, operation.path.format_map(things), "{}")

        assert (answer.status_code == 401) == takes_tokens, header


@each(CHANGING)
def test_a_session_changes_nothing_without_its_csrf_token(
    people: People, things: dict[str, Any], operation: Operation
) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(next(iter(people.values())))

    answer = client.generic(operation.method, operation.path.format_map(things), "{}")

    takes_sessions = operation.description["security"] != [{}]
    assert (answer.status_code == 403) == takes_sessions
    assert ("CSRF" in answer.content.decode()) == takes_sessions


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/tasks/1/", "/api/v1/%00/"])
def test_an_address_that_is_none_is_answered_as_json(path: str) -> None:
    answer = APIClient().get(path)

    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is no such address."}
