"""The server that plain Celery tells of each piece of work that it has done."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FarEnd(ThreadingHTTPServer):
    """Notes when it is told of each piece; `released` lets those go on who have to wait."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.told: defaultdict[str, list[float]] = defaultdict(list)
        self.waiting = 0
        self.released = threading.Event()

    @property
    def total(self) -> int:
        """How often it was told of anything."""
        return sum(map(len, list(self.told.values())))


class _Request(BaseHTTPRequestHandler):
    server: FarEnd

    def do_POST(self) -> None:
        name = self.path.strip("/")
        if name == "wait":
            self.server.waiting += 1
            self.server.released.wait()
        else:
            self.server.told[name].append(time.monotonic())
        self.send_response(204)
        self.end_headers()

    def handle_one_request(self) -> None:
        """Answer, unless nobody is there any more to hear it."""
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def far_end() -> Iterator[FarEnd]:
    """A far end that listens for the length of the block."""
    with FarEnd() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
