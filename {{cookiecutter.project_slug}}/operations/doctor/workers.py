"""The workers: which answer, whether every queue has one, and whether they are set up as we are."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from django.utils import timezone

from config.celery import app
from config.processes import worker_command
from config.queues import PREFORK, Queue
from operations import identity
from operations.doctor.clock import compare, right
from operations.doctor.finding import Finding, Question, bad, good
from operations.waiting import outcomes

SUBJECT = "workers"
# How long workers have to answer (seconds); all of it is waited for, as nobody knows how many
# there are.
REPLY_SECONDS = 1.5
# How long the database has to tell what it is known by (seconds).
DATABASE_SECONDS = 0.5

# What they are asked, in words of Celery's remote control and of ours.
COMMANDS = ("active_queues", "stats", "report", "shared_settings", "database", "wall_clock")

# What is said, by command or by the name of the node.
type Replies = dict[str, Any]


def ask() -> Iterator[Finding]:
    """Who answers, what they read, and how they differ from this process."""
    began_at = timezone.now()
    replies = _replies()
    nodes = sorted(replies["active_queues"])
    if not nodes:
        yield bad(SUBJECT, "None answers", "Start one for each queue: manage.py worker QUEUE")
        return
    yield good(SUBJECT, f"{len(nodes)} answer: {', '.join(nodes)}")
    said_by = {
        node: {command: said.get(node, {}) for command, said in replies.items()} for node in nodes
    }
    yield from _unread({name for said in said_by.values() for name in _queues(said)})
    [birth] = outcomes([identity.database_birth], seconds=DATABASE_SECONDS)
    others = [other for node, said in said_by.items() for other in _others(node, said, birth)]
    yield from others or [_none_other(list(said_by.values()), birth)]
    yield from _clocks(replies["wall_clock"], began_at, len(nodes))


def _replies() -> dict[str, Replies]:
    """What the nodes answer, by command and node; raises when the broker fails."""
    calls = [lambda command=command: _broadcast(command) for command in COMMANDS]
    answers = outcomes(calls, seconds=2 * REPLY_SECONDS)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    found = zip(COMMANDS, answers, strict=True)
    return {command: said for command, said in found if not isinstance(said, Exception)}


def _broadcast(command: str) -> Replies:
    with app.connection_for_write() as connection:
        answers = app.control.broadcast(
            command, reply=True, timeout=REPLY_SECONDS, connection=connection
        )
    return {node: reply for answer in answers or () for node, reply in answer.items()}


def _unread(names: set[str]) -> Iterator[Finding]:
    for queue in sorted(set(Queue) - names):
        yield bad(SUBJECT, f"No worker reads {queue}", f"Start one: manage.py worker {queue}")
    for name in sorted(names - set(Queue)):
        remedy = "Stop that worker, or add the queue to config/queues.py"
        yield bad(SUBJECT, f"A worker reads {name}, which is no queue of this project", remedy)


def _queues(said: Replies) -> set[str]:
    return {queue["name"] for queue in said["active_queues"]}


def _others(node: str, said: Replies, birth: str | Exception) -> Iterator[Finding]:
    """What one worker has that this process has not."""
    yield from _other_release(node, said["report"])
    yield from _other_settings(node, said["shared_settings"])
    yield from _other_database(node, birth, said["database"])
    yield from _other_limits(node, _queues(said), said["stats"])


def _none_other(workers: Sequence[Replies], birth: str | Exception) -> Finding:
    """That no worker is set up otherwise; how many did not say it is not kept quiet."""
    told = sum(all(reply and "error" not in reply for reply in said.values()) for said in workers)
    same = "settings and release"
    if not isinstance(birth, Exception):
        same = "settings, release and database"
    return good(SUBJECT, f"{told} of {len(workers)} tell their {same}, which are this process's")


def _other_release(node: str, report: dict[str, str]) -> Iterator[Finding]:
    ours = f"celery:{version('celery')}"
    text = report.get("ok", "")
    if text and ours not in text.split():
        theirs = next((word for word in text.split() if word.startswith("celery:")), "another")
        seen = f"{node} runs {theirs}, and this process {ours}"
        yield bad(SUBJECT, seen, "Install the same release for both, and start it anew")


def _other_settings(node: str, reply: dict[str, Any]) -> Iterator[Finding]:
    if "ok" not in reply:
        # A worker of an older release of this project may not know our own questions.
        return
    for setting, ours in identity.shared_settings().items():
        for name, our_value, their_value in _differences(setting, ours, reply["ok"].get(setting)):
            seen = f"{node} has {name} {their_value}, and this process {our_value}"
            yield bad(SUBJECT, seen, "Give both the same settings and start the worker anew")


def _other_database(node: str, ours: str | Exception, reply: dict[str, Any]) -> Iterator[Finding]:
    if isinstance(ours, Exception):
        # The question about the database tells of it.
        return
    if "error" in reply:
        seen = f"{node} takes our messages and can't read its database: {reply['error']}"
        yield bad(SUBJECT, seen, "Give both the same DATABASE_URL; a path in it begins with a /")
    elif reply.get("ok", ours) != ours:
        seen = f"{node} works with another database: it takes our messages and finds no rows"
        yield bad(SUBJECT, seen, "Give both the same DATABASE_URL, or a broker of their own")


def _differences(name: str, ours: Any, theirs: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where two values of a setting differ, one inside a dictionary by its own name."""
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        if ours != theirs:
            yield name, ours, theirs
        return
    for key in sorted({*ours, *theirs}):
        if ours.get(key) != theirs.get(key):
            yield key, ours.get(key), theirs.get(key)


def _other_limits(node: str, names: set[str], statistics: dict[str, Any]) -> Iterator[Finding]:
    queues = [Queue(name) for name in names if name in set(Queue)]
    pool = statistics.get("pool")
    if not queues or not pool:
        return
    options = dict(pairwise(worker_command(node, queues)))
    # Only a pool of processes has them.
    timeouts = pool.get("timeouts")
    if not timeouts:
        if options["--pool"] == PREFORK:
            seen = f"{node} ends no task at its time limit: its pool has no processes to end"
            yield bad(SUBJECT, seen, "Start it anew, with manage.py worker QUEUE")
        return
    ours = [int(options["--soft-time-limit"]), int(options["--time-limit"])]
    theirs = [int(seconds) for seconds in timeouts]
    if theirs != ours:
        seen = f"{node} ends tasks after {theirs} s (soft, hard), and its queues want {ours}"
        yield bad(SUBJECT, seen, "Start it anew, with manage.py worker QUEUE")


def _clocks(replies: Replies, began_at: datetime, number: int) -> Iterator[Finding]:
    readings = {node: reply["ok"] for node, reply in replies.items() if "ok" in reply}
    found = [
        compare(node, began_at, datetime.fromtimestamp(seconds, UTC))
        for node, seconds in sorted(readings.items())
    ]
    wrong = [finding for finding in found if not finding.ok]
    yield from wrong or [right(f"{len(found)} of {number} workers")]


QUESTION = Question(
    subject=SUBJECT,
    ask=ask,
    remedy="Look at the broker: it takes logins and passes nothing on",
    after="broker",
)
