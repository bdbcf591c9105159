"""A site under load, and the report of what became of it."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MAILBOX
from tests.faults.kinds import kinds
from tests.faults.load import Load, Verdict
from tests.faults.settling import DELAY_SECONDS, PROMISED_SECONDS, failed_rows, settle
from tests.faults.site import Site

SCALE = int(os.environ.get("FAULT_SCALE", "1"))
# How much work there is, and how many faults it meets.
PIECES = 100 * SCALE
FAULTS = 3 * SCALE
# What a test may take (seconds).
TIMEOUT = 600 * SCALE


class Expect:
    """Judges a test: all work done in time, none lost, none twice, nobody gave up, nothing left."""

    def __init__(self, load: Load, site: Site) -> None:
        self._load = load
        self._site = site

    def __call__(
        self,
        fault: str,
        faults: int,
        *,
        interrupted: int = 0,
        failed: Mapping[str, int] = {},
        ended: int = 0,
    ) -> None:
        """Wait until the work has ended, stop the site, and judge.

        Of `interrupted` pieces at most the effect may have come again under the same id: their
        processes could not say that they had done it. `failed` are the rows that were to end so, by
        model, and `ended` is how many workers had to.
        """
        recovery = settle(self._site.replace_dead_workers)
        self._site.bring_back_what_is_held()
        # Before the judgement, so that nobody does anything after it.
        self._site.stop()
        self._site.work_off_what_is_left()
        verdicts = self._load.judge()
        report(fault, faults, verdicts, recovery.seconds, recovery.waited)
        assert [each for each in verdicts if each.lost or each.twice] == []
        assert sum(each.repeated for each in verdicts) <= interrupted
        assert failed_rows() == failed
        assert recovery.waited < PROMISED_SECONDS + DELAY_SECONDS
        assert len(self._site.ended_early) == ended
        assert (self._site.hung, self._site.left_over) == ([], [])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder time for their scale."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT))


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
    """What judges a test of this load on this site."""
    return Expect(load, site)


def report(
    fault: str,
    faults: int,
    verdicts: Iterable[Verdict],
    seconds: float,
    waited: float | None = None,
) -> None:
    """Add what was counted to the report, if one is wanted.

    `seconds` is the time to recover, and of it one `waited`.
    """
    file = os.environ.get("FAULT_REPORT")
    if file:
        with Path(file).open("a", encoding="utf-8") as lines:
            for each in verdicts:
                line = {"fault": fault, "faults": faults, "seconds": seconds, "waited": waited}
                print(json.dumps(line | vars(each)), file=lines)
