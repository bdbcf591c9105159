"""Requests that no client would send, written to a socket byte by byte."""

import socket
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest

LOGIN = "/api/v1/auth/login/"
ME = "/api/v1/auth/me/"


def ask(
    web: str, request_line: str, *headers: bytes, body: bytes = b"{}", length: bytes = b""
) -> int:
    """The status of the answer to exactly this; the length is the body's unless it is given."""
    address = urlsplit(web)
    head = [
        request_line.encode(),
        f"Host: {address.netloc}".encode(),
        b"Content-Length: " + (length or b"%d" % len(body)),
        *headers,
    ]
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(b"\r\n".join(head) + b"\r\n\r\n" + body)
        response = HTTPResponse(connection)
        response.begin()
        return response.status


@pytest.mark.parametrize(
    "kind",
    [
        b"application/json; charset*=nonsense''%80",
        b"application/json; charset*=utf-8''%00",
        b"application/" + b"x" * 12_000,
        b"multipart/form-data",
        b"multipart/form-data; boundary=\xff",
        b"multipart/form-data; boundary=XX; charset=hex",
        b"application/x-www-form-urlencoded; charset=utf-16",
    ],
    ids=lambda kind: ascii(kind[:40]),
)
def test_a_content_type_that_cannot_be_read_is_refused(web: str, kind: bytes) -> None:
    assert ask(web, f"POST {LOGIN} HTTP/1.1", b"Content-Type: " + kind) == 400


@pytest.mark.parametrize("length", [b"-1", b"many", b"9" * 30])
def test_a_length_that_is_none_is_refused(web: str, length: bytes) -> None:
    assert ask(web, f"POST {LOGIN} HTTP/1.1", length=length) in {400, 413}


@pytest.mark.parametrize(
    "part",
    [
        b"name*=nonsense''%80",
        b"name*=utf-8''%00",
        b'name="email"; filename="a\x00b"',
        b"\xff",
        b'name="email"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!',
    ],
    ids=lambda part: ascii(part[:40]),
)
def test_a_form_that_cannot_be_read_is_refused(web: str, part: bytes) -> None:
    body = b"--XX\r\nContent-Disposition: form-data; " + part + b"\r\n\r\na\r\n--XX--\r\n"
    kind = b"Content-Type: multipart/form-data; boundary=XX"

    assert ask(web, f"POST {LOGIN} HTTP/1.1", kind, body=body) == 400


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Token \xff\xfe",
        b"Authorization: " + b"Token " * 1000,
        b"Cookie: sessionid=\xff\xfe; ;;=",
        b'Cookie: sessionid="\\000\\377"',
        b"Cookie: sessionid=" + b"x" * 10_000,
    ],
    ids=lambda header: ascii(header[:40]),
)
def test_a_login_that_cannot_be_read_is_none(web: str, header: bytes) -> None:
    assert ask(web, f"GET {ME} HTTP/1.1", header) == 401


@pytest.mark.parametrize(
    "header",
    [
        b"Accept: application/xml",
        b"Accept: ;;;///,,, q=q",
        b"Accept: application/json; q*=nonsense''%80",
        b"Accept: " + b"a/b," * 5000,
        b"Accept-Language: " + b"en;q=0.1," * 5000,
        b"Authorization: Token \x00",
        b"X-Forwarded-For: \x80\xff",
        b"X-Forwarded-Proto: \xff",
        b"Expect: the unexpected",
        b"Host: evil.example.com",
        b"Host: \xff{}",
    ],
    ids=lambda header: ascii(header[:40]),
)
def test_an_odd_header_breaks_nothing(web: str, header: bytes) -> None:
    assert ask(web, f"GET {ME} HTTP/1.1", header) in {400, 401, 406}


@pytest.mark.parametrize("path", ["/api/v1/%00/", "/api/v1/%ff%fe/", "/api/v1/%ed%a0%80/", "/%"])
def test_an_odd_address_is_not_found(web: str, path: str) -> None:
    assert ask(web, f"GET {path} HTTP/1.1") == 404


@pytest.mark.parametrize("query", ["version=%00", "version=a%0ab", "lang=%00", "lang=xx"])
def test_the_openapi_document_takes_any_question(web: str, query: str) -> None:
    assert ask(web, f"GET /api/schema/?{query} HTTP/1.1") == 200


def test_a_method_that_is_none_is_refused(web: str) -> None:
    assert ask(web, f"BREW {LOGIN} HTTP/1.1") in {400, 405}
