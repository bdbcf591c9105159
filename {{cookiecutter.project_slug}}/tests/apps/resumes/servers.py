"""Servers that speak the protocols of outside services, on 127.0.0.1."""

import json
import socketserver
import struct
from typing import Any

from tests.support.serving import Answer, HttpService

ANSWER: dict[str, Any] = {
    "name": "Ann Example",
    "email": "ann@example.org",
    "phone": "",
    "skills": ["Python"],
    "years": 6.5,
}


class ParsingService(HttpService):
    """An AI parsing service: takes a file, and unless told otherwise answers with `ANSWER`."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(*(answers or [(200, json.dumps(ANSWER).encode())]))


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
