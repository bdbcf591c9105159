"""Servers that speak the protocols of outside services, on 127.0.0.1."""

import json
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER: dict[str, Any] = {
    "name": "Ann Example",
    "email": "ann@example.org",
    "phone": "",
    "skills": ["Python"],
    "years": 6.5,
}


class ParsingService(ThreadingHTTPServer):
    """An AI parsing service: takes a file, answers with what `answers` says, one after another.

    The last answer stays.
    """

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _ParsingRequest)
        self.answers = list(answers) or [(200, json.dumps(ANSWER).encode())]
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/parse"


class _ParsingRequest(BaseHTTPRequestHandler):
    server: ParsingService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        answers = self.server.answers
        status, answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests are quiet."""


class Clamd(socketserver.ThreadingTCPServer):
    """A ClamAV daemon that knows INSTREAM: the word "virus" is one; or gives a fixed answer."""

    daemon_threads = True

    def __init__(self, answer: bytes | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _ClamdRequest)
        self.answer = answer
        self.port: int = self.server_address[1]


class _ClamdRequest(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        assert self.rfile.readline() == b"nINSTREAM\n"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        verdict = b"stream: Test.Virus FOUND\n" if b"virus" in content else b"stream: OK\n"
        self.wfile.write(verdict if self.server.answer is None else self.server.answer)


@contextmanager
def serving[S: socketserver.BaseServer](server: S) -> Iterator[S]:
    """The server, listening."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    with server:
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
