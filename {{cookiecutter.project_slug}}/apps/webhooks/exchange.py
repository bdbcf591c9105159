"""One HTTP exchange with a server that a user named: to an allowed address, within a set time.

No proxy, cookie, password or redirect is taken from anywhere, and the body of the answer is not
read: its status says all.
"""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from time import monotonic

import httpcore
import httpx
from django.conf import settings

from apps.webhooks.addresses import is_allowed, resolve
from background.errors import PermanentError, TransientError


@dataclass(frozen=True)
class Answer:
    """What a receiver answered; `retry_after` is that header, empty when there was none."""

    status: int
    retry_after: str


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post to a URL, within settings.WEBHOOK_TIMEOUT seconds from the look-up of its name on.

    Raises PermanentError when the URL leads to an address that is not allowed, and TransientError
    when there is no answer.
    """
    try:
        return _ask(httpx.URL(url), body, headers)
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise TransientError(
            f"The receiver did not answer within {settings.WEBHOOK_TIMEOUT} s"
        ) from error
    except (OSError, httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise TransientError(f"The receiver gave no answer: {error}") from error


def _ask(url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> Answer:
    # Taken apart by the parser that checked it when it was given: another one may see another host.
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    fields = [("Host", url.netloc.decode("ascii")), *headers.items()]
    network = AllowedNetwork(Deadline(settings.WEBHOOK_TIMEOUT))
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=network) as pool,
        pool.stream("POST", target, headers=fields, content=body) as response,
    ):
        answered = {name.lower(): value for name, value in response.headers}
        return Answer(response.status, answered.get(b"retry-after", b"").decode("latin-1"))


class Deadline:
    """The end of an exchange, so many seconds from now.

    A time-out of each step alone would let a server that drips a byte a second go on for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """The seconds left. Raises TimeoutError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class AllowedNetwork(httpcore.NetworkBackend):
    """Connects to allowed addresses alone, before a deadline.

    A name is looked up once and the connection goes to exactly what was found, so that no second
    answer of its name server counts. TLS still asks for the name.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; each gets its share of the time.

        Raises PermanentError unless all of them are allowed.
        """
        addresses = resolve(host, self._deadline.left())
        if not all(map(is_allowed, addresses)):
            raise PermanentError("The URL leads to an address that webhooks may not go to.")
        failure: Exception = httpcore.ConnectError("its name has no address")
        for number, address in enumerate(addresses):
            share = self._deadline.left() / (len(addresses) - number)
            try:
                stream = self._network.connect_tcp(str(address), port, share)
                return TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class TimedStream(httpcore.NetworkStream):
    """A connection of which every step ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """End the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on encrypted."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return TimedStream(stream, self._deadline)


@cache
def _tls() -> ssl.SSLContext:
    """Whom to trust; kept, because reading all certificates takes longer than an exchange."""
    return httpx.create_ssl_context()
