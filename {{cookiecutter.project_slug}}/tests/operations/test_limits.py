"""What one client may ask of the site, over real HTTP."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.support.processes import start_web

LOGIN = "/api/v1/auth/login/"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024


class Answer:
    """What the web server said."""

    def __init__(self, connection: HTTPConnection) -> None:
        response = connection.getresponse()
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()
        connection.close()

    @property
    def detail(self) -> str:
        """The one line that says what is wrong."""
        detail: str = json.loads(self.text)["detail"]
        return detail


def connect(url: str) -> HTTPConnection:
    return HTTPConnection(urlsplit(url).netloc, timeout=30)


def post(url: str, body: Any, kind: str = JSON, **headers: str) -> Answer:
    """Send a body; one that is an iterator goes in chunks, without saying how long it is."""
    connection = connect(url)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", LOGIN, body, {"Content-Type": kind} | names)
    return Answer(connection)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b'{"email": "' + b"a" * 3 * MEGABYTE + b'"}'),
        (FORM, b"email=" + b"a" * 3 * MEGABYTE),
        (
            "multipart/form-data; boundary=XX",
            b'--XX\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
            + b"a" * 3 * MEGABYTE
            + b"\r\n--XX--\r\n",
        ),
    ],
)
def test_a_body_that_is_too_large_is_refused_with_the_limit(
    web: str, kind: str, body: bytes
) -> None:
    answer = post(web, body, kind)

    assert answer.status == 413
    assert answer.detail == "The request is too large; the limit is 2.0\xa0MB."


def test_a_browser_is_told_too(web: str) -> None:
    answer = post(web, b'"' + b"a" * 3 * MEGABYTE + b'"', Accept="text/html")

    assert answer.status == 413
    assert "The request is too large" in answer.text


def test_a_body_that_says_it_is_huge_is_refused_before_it_is_sent(web: str) -> None:
    connection = connect(web)
    connection.putrequest("POST", LOGIN)
    connection.putheader("Content-Type", "multipart/form-data; boundary=XX")
    connection.putheader("Content-Length", str(1024 * MEGABYTE))
    connection.endheaders(b"--XX\r\n")

    answer = Answer(connection)

    assert answer.status == 413
    assert answer.detail == "The request is too large; the limit is 10.0\xa0MB."


def test_a_body_that_does_not_say_its_length_is_cut_off(web: str) -> None:
    answer = post(web, repeat(b"a" * MEGABYTE, 12))

    assert answer.status == 413
    assert answer.detail == "The request is too large; the limit is 10.0\xa0MB."


def test_the_server_goes_on_after_a_refusal(web: str) -> None:
    connection = connect(web)
    connection.request("POST", LOGIN, b"a" * 11 * MEGABYTE)
    assert connection.getresponse().read()

    connection.request("POST", LOGIN, b"{}", {"Content-Type": JSON})

    assert connection.getresponse().status == 400


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_json_that_is_nested_too_deeply_is_refused(web: str, opening: bytes) -> None:
    answer = post(web, opening * 200_000)

    assert answer.status == 400
    assert answer.detail == "The JSON is nested too deeply."


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=XX"])
def test_too_many_fields_are_refused(web: str, kind: str) -> None:
    field = b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = b"&".join([b"a=1"] * 1001) if kind == FORM else field * 1001 + b"--XX--\r\n"

    answer = post(web, body, kind)

    assert answer.status == 400
    assert answer.detail == "Send at most 1000 fields."


def test_too_many_files_are_refused(web: str) -> None:
    file = b'--XX\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n1\r\n'

    answer = post(web, file * 101 + b"--XX--\r\n", "multipart/form-data; boundary=XX")

    assert answer.status == 400
    assert answer.detail == "Send at most 100 files."


@pytest.fixture(scope="module")
def running_limited_web(
    servers: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A web server that lets an address ask three times a minute."""
    folder: Path = tmp_path_factory.mktemp("web")
    web, url = start_web(folder, env={"API_RATE_PER_ADDRESS": "3"})
    yield url
    web.kill()


@pytest.fixture
def limited_web(running_limited_web: str, transactional_db: None) -> str:
    """Its address."""
    return running_limited_web


def test_an_address_that_asks_too_often_is_told_when_to_come_back(limited_web: str) -> None:
    assert [post(limited_web, b"{}").status for _ in range(3)] == [400] * 3

    answer = post(limited_web, b"{}")

    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "throttled" in answer.detail


def test_a_forged_header_makes_nobody_another_address(limited_web: str) -> None:
    statuses = [
        post(limited_web, b"{}", X_Forwarded_For=f"203.0.113.{number}").status
        for number in range(4)
    ]

    assert statuses == [400, 400, 400, 429]


@pytest.mark.django_db
def test_behind_a_proxy_everybody_is_counted_alone(client: Client, settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    settings.API_RATE_PER_ADDRESS = 1

    def ask(forwarded_for: str) -> int:
        return client.post(LOGIN, headers={"X-Forwarded-For": forwarded_for}).status_code

    assert ask("203.0.113.1") == 400
    assert ask("203.0.113.2") == 400
    # What the client itself wrote stands before what the proxy added.
    assert ask("203.0.113.3, 203.0.113.1") == 429


@pytest.mark.django_db
def test_without_a_limit_anybody_asks_on(client: Client, settings: Any) -> None:
    settings.API_RATE_PER_ADDRESS = 0

    assert {client.post(LOGIN).status_code for _ in range(20)} == {400}
