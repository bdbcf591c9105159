"""Version stamps in cache keys."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache

from fastdata import versions
from fastdata.versions import STAMP_SECONDS
from tests.fastdata.keys import seconds_left

NAME = "letters:box:1"


def test_a_stamp_stays_until_it_is_renewed() -> None:
    stamp = versions.current(NAME)

    assert versions.current(NAME) == stamp
    versions.renew(NAME)
    assert versions.current(NAME) not in {stamp, None}


def test_each_name_has_a_stamp_of_its_own() -> None:
    other = versions.current("letters:box:2")
    versions.renew(NAME)

    assert versions.current("letters:box:2") == other != versions.current(NAME)


def test_a_stamp_that_was_evicted_never_comes_back() -> None:
    stamps = set()
    for _ in range(3):
        stamps.add(versions.current(NAME))
        cache.clear()

    assert len(stamps) == 3


def test_twenty_who_miss_it_at_once_agree_on_one() -> None:
    together = Barrier(20)

    def read(_: int) -> str | None:
        together.wait()
        return versions.current(NAME)

    with ThreadPoolExecutor(20) as threads:
        stamps = set(threads.map(read, range(20)))

    assert stamps == {versions.current(NAME)}


def test_a_stamp_is_kept_for_a_day() -> None:
    versions.current(NAME)
    assert 0 < seconds_left(f"version:{NAME}") <= STAMP_SECONDS

    versions.renew(NAME)
    assert 0 < seconds_left(f"version:{NAME}") <= STAMP_SECONDS


@pytest.mark.usefixtures("broken_cache")
def test_without_the_cache_there_is_no_stamp(caplog: pytest.LogCaptureFixture) -> None:
    assert versions.current(NAME) is None
    versions.renew(NAME)

    assert f"nothing of version {NAME} is cached" in caplog.text
    assert f"version {NAME} may still be served" in caplog.text
