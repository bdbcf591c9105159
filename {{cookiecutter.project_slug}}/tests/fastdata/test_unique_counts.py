"""Different visitors, counted without keeping who they were."""

import pytest

from fastdata import unique_counts
from fastdata.connection import data

KEY = "viewers:page:1"


def test_a_visitor_who_comes_back_counts_once() -> None:
    assert unique_counts.count(KEY) == 0

    for visitor in ("ann", "ben", "ann"):
        unique_counts.see(KEY, visitor, ttl=60)

    assert unique_counts.count(KEY) == 2
    assert 0 < data().ttl(KEY) <= 60


def test_thousands_are_counted_within_two_percent() -> None:
    for number in range(5000):
        unique_counts.see(KEY, f"visitor {number}", ttl=60)

    assert unique_counts.count(KEY) == pytest.approx(5000, rel=0.02)
    assert data().memory_usage(KEY) < 20_000


@pytest.mark.usefixtures("broken_data")
def test_without_its_server_nobody_is_seen(caplog: pytest.LogCaptureFixture) -> None:
    unique_counts.see(KEY, "ann", ttl=60)

    assert unique_counts.count(KEY) == 0
    assert f"{KEY} misses a visitor" in caplog.text
