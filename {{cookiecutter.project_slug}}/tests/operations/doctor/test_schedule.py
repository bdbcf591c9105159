"""Entries of the schedule that start nothing, or pile up."""

from typing import Any

import pytest
from kombu.utils.imports import symbol_by_name

from config.celery import app
from tests.operations.doctor.findings import bad_about, findings_about

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = {
    "task": "tests.sample.tasks.note_tick",
    "schedule": 60,
    "args": (),
    "kwargs": {},
    "options": {"expires": 50},
}


def schedule(**changes: Any) -> None:
    """Have Beat know one entry, whose values are good but for some."""
    app.conf.beat_schedule = {"the entry": ENTRY | changes}
    symbol_by_name(app.conf.beat_scheduler)(app=app)


@pytest.mark.usefixtures("conf")
def test_entries_that_are_well_are_counted() -> None:
    schedule()

    [finding] = findings_about("schedule")
    assert finding.ok
    assert finding.seen.startswith("Entries: ")


@pytest.mark.usefixtures("conf")
@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"task": "tests.sample.tasks.gone"}, "and there is no such task"),
        ({"options": {}}, "never expire"),
        ({"options": {"expires": 3600}}, "when the next is out"),
    ],
)
def test_one_that_is_not_is_named(changes: dict[str, Any], seen: str) -> None:
    schedule(**changes)

    [told] = bad_about("schedule")
    assert "the entry" in told
    assert seen in told
