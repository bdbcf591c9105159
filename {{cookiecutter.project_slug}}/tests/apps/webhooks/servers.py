"""A receiver of webhooks on this machine, well-behaved or not, and names that lead to it."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.utils import timezone

from tests.support.serving import Post

type Behaviour = Callable[[ReceiverRequest], None]


class Receiver(ThreadingHTTPServer):
    """Notes everything that is posted to it, and treats it as `behaviours` say, one after another.

    The last behaviour stays; without any it takes everything. Any number of senders may come at
    once.
    """

    request_queue_size = 1024

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), ReceiverRequest)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_port}/hook"
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._behaviours = list(behaviours) or [answer(204)]
        self._received: dict[str, list[Post]] = {}

    @property
    def received(self) -> dict[str, list[Post]]:
        """What came so far, by `webhook-id`; more than one of an id are repetitions."""
        with self._lock:
            return {webhook_id: list(posts) for webhook_id, posts in self._received.items()}

    @property
    def posts(self) -> list[Post]:
        """All that came so far."""
        return [post for posts in self.received.values() for post in posts]

    def take(self, post: Post) -> Behaviour:
        """Note a request; how to treat it."""
        with self._lock:
            self._received.setdefault(post.headers["webhook-id"], []).append(post)
            return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]

    def server_close(self) -> None:
        """Stop listening, and let go of whoever hangs."""
        self.closing.set()
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders come and go."""


class ReceiverRequest(BaseHTTPRequestHandler):
    """One request."""

    server: Receiver

    def do_POST(self) -> None:
        """Note it, then behave."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.take(Post(self.path, self.headers, body))(self)

    def drip(self) -> None:
        """Write a byte now and then until nobody listens any more."""
        with suppress(OSError):
            while not self.server.closing.wait(0.1):
                self.wfile.write(b"x")
                self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests are quiet."""


def answer(status: int, **headers: str) -> Behaviour:
    """Answer at once; of the headers' names an underscore is a hyphen."""

    def behave(request: ReceiverRequest) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return behave


def hang(request: ReceiverRequest) -> None:
    """Never answer."""
    request.server.closing.wait()


def hang_up(request: ReceiverRequest) -> None:
    """End the connection without a word."""
    request.close_connection = True


def drip_head(request: ReceiverRequest) -> None:
    """Answer a byte at a time, with a head that never ends."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    request.drip()


def drip_body(request: ReceiverRequest) -> None:
    """Answer with a body that never ends."""
    request.send_response(200)
    request.end_headers()
    request.drip()


class Resolver:
    """Answers look-ups of the names it is given, one answer after another; the last one stays.

    It is put in the place of `socket.getaddrinfo`, which it asks about everything else.
    """

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = {name: list(answers) for name, answers in names.items()}
        self._system = socket.getaddrinfo
        self.asked: list[str] = []
        # Cleared, it lets who asks wait, as a name server does that hangs.
        self.awake = threading.Event()
        self.awake.set()

    def __call__(self, host: Any, port: Any, *args: Any, **options: Any) -> list[Any]:
        """What `socket.getaddrinfo` would give."""
        answers = self._answers.get(host)
        if not answers or options.get("flags"):
            return list(self._system(host, port, *args, **options))
        self.asked.append(host)
        self.awake.wait(30)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (address, port or 0)) for address in addresses]


def make_certificate(folder: Path, name: str) -> Path:
    """A file with key and certificate of a server of this name, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file
