"""Flower: whom it lets in."""

from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

from config.processes import processes
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "flower"
PATIENCE = 2.0
OK = 200
# Open in spite of a login, to whoever reaches the port.
ALWAYS_OPEN = ("/metrics", "/healthcheck")


def ask() -> Iterator[Finding]:
    """Whether it shows its pages to somebody who has not logged in."""
    place = urlsplit(processes(port=0)["flower"].address).netloc
    try:
        is_open = _status(place, "/workers") == OK
    except ConnectionRefusedError:
        yield good(SUBJECT, f"Not on {place}")
        return
    if is_open:
        seen = f"{place} lets anybody in, who may then stop workers and start tasks"
        yield bad(SUBJECT, seen, "Set FLOWER_BASIC_AUTH to name:password, and start it anew")
        return
    told = [path for path in ALWAYS_OPEN if _status(place, path) == OK]
    hint = f"Let no proxy pass on {' and '.join(told)}, which are open" if told else ""
    yield good(SUBJECT, f"{place} asks for a login", hint)


def _status(place: str, path: str) -> int:
    connection = HTTPConnection(place, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Start it anew: something has its port and says nothing"
)
