"""A site under load, and the report of what became of it."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MAILBOX
from tests.faults.kinds import kinds
from tests.faults.load import Load, Verdict, failed_rows, settle
from tests.faults.site import Site

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
# How much work there is, and how many faults it meets.
PIECES = 100 * SCALE
FAULTS = 3 * SCALE

type Expect = Callable[[str, int], None]


@pytest.fixture(autouse=True)
def database(transactional_db: None) -> None:
    """Each test has a database that other processes see."""


@pytest.fixture
def load(database: None) -> Iterator[Load]:
    """Work of every kind, none of it started."""
    MAILBOX.mails.clear()
    with ExitStack() as stack:
        yield Load([stack.enter_context(kind) for kind in kinds()])


@pytest.fixture
def site(load: Load, tmp_path: Path) -> Iterator[Site]:
    """A site whose processes know the far ends of the load; a test starts what it needs."""
    site = Site(tmp_path, load.environment)
    yield site
    site.kill()


@pytest.fixture
def expect_everything_once(load: Load, site: Site) -> Expect:
    """Judge a test: all work done, none lost, none twice, nobody gave up, nothing is left over."""

    def expect(fault: str, faults: int) -> None:
        seconds = settle(site.replace_dead_workers).total_seconds()
        verdicts = load.judge()
        report(fault, faults, verdicts, seconds)
        assert [each for each in verdicts if each.lost or each.twice] == []
        assert failed_rows() == {}
        assert site.stop() == []
        assert site.ended_early == []

    return expect


def report(
    fault: str, faults: int, verdicts: Iterable[Verdict], seconds: float | None = None
) -> None:
    """Add what was counted to the report, if one is wanted; `seconds` is the time to recover."""
    file = os.environ.get("FAULT_REPORT")
    if file:
        with Path(file).open("a", encoding="utf-8") as lines:
            for each in verdicts:
                line = {"fault": fault, "faults": faults, "seconds": seconds, **vars(each)}
                print(json.dumps(line), file=lines)
