"""Real servers on 127.0.0.1 that stand for outside services."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Answer = tuple[int, bytes]


@dataclass(frozen=True)
class Post:
    """One request that a service got."""

    path: str
    headers: Message
    body: bytes


class HttpService(ThreadingHTTPServer):
    """Notes what it is asked, and answers with `answers`, one after another.

    The last answer stays.
    """

    def __init__(self, *answers: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answers = list(answers)
        # What every answer has in its head, besides its length
        self.headers: dict[str, str] = {}
        self.posts: list[Post] = []

    def answer(self, post: Post) -> Answer:
        """Status and body for a request."""
        self.posts.append(post)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Request(BaseHTTPRequestHandler):
    server: HttpService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, answer = self.server.answer(Post(self.path, self.headers, body))
        self.send_response(status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests are quiet."""


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
