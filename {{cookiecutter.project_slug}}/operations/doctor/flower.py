"""Flower: whom it lets in."""

from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from config.processes import processes
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "flower"
PATIENCE = 2.0
REFUSALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# Open in spite of a login, to whoever reaches the port.
ALWAYS_OPEN = ("metrics", "healthcheck")


class Answer(NamedTuple):
    """The status of an answer, and where it leads, if anywhere."""

    status: int
    location: str

    @property
    def is_open(self) -> bool:
        """Whether the page was shown."""
        return self.status == HTTPStatus.OK

    @property
    def is_closed(self) -> bool:
        """Whether the page was refused, or a login comes first."""
        path = urlsplit(self.location).path
        leads_to_login = 300 <= self.status < 400 and path.rstrip("/").endswith("/login")
        return self.status in REFUSALS or leads_to_login


def ask() -> Iterator[Finding]:
    """Whether it shows its pages to somebody who has not logged in."""
    address = processes(port=0)["flower"].address
    place = urlsplit(address).netloc
    try:
        answer = _answer(urljoin(address, "workers"))
    except ConnectionRefusedError:
        yield good(SUBJECT, f"Not on {place}")
        return
    if answer.is_open:
        seen = f"{place} lets anybody in, who may then stop workers and start tasks"
        yield bad(SUBJECT, seen, "Set FLOWER_BASIC_AUTH to name:password, and start it anew")
        return
    if not answer.is_closed:
        seen = f"{place} answers {answer.status}: it is not known whether it lets people in"
        remedy = "Let FLOWER_PORT and FLOWER_URL_PREFIX lead to it; if they do, read what it logs"
        yield bad(SUBJECT, seen, remedy)
        return
    urls = [urljoin(address, name) for name in ALWAYS_OPEN]
    told = [urlsplit(url).path for url in urls if _answer(url).is_open]
    hint = f"Let no proxy pass on {' and '.join(told)}, which are open" if told else ""
    yield good(SUBJECT, f"{place} asks for a login", hint)


def _answer(url: str) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        connection.request("GET", parts.path)
        response = connection.getresponse()
        return Answer(response.status, response.headers.get("Location", ""))
    finally:
        connection.close()


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Start it anew: something has its port and says nothing"
)
