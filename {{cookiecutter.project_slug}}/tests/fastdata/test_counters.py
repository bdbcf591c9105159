"""Plain counters, and those that keep up a number of the database."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections, transaction

from fastdata import counters
from fastdata.connection import data
from fastdata.models import FeatureFlag
from fastdata.rebuilding import MARK_SECONDS
from tests.fastdata.table import Table

KEY = "views:job:1:2026-11-20"


def test_a_counter_counts() -> None:
    assert counters.read(KEY) == 0

    for _ in range(3):
        counters.increment(KEY, ttl=60)

    assert counters.read(KEY) == 3


def test_a_counter_ends_its_time_after_the_first_increment() -> None:
    counters.increment(KEY, ttl=60)
    data().expire(KEY, 10)

    counters.increment(KEY, ttl=60)

    assert 0 < data().ttl(KEY) <= 10


def test_fifty_increments_at_once_are_fifty() -> None:
    with ThreadPoolExecutor(50) as threads:
        for _ in range(50):
            threads.submit(counters.increment, KEY, ttl=60)

    assert counters.read(KEY) == 50
    assert data().ttl(KEY) > 0


def test_many_counters_are_read_in_order() -> None:
    counters.increment("views:second", ttl=60)

    assert counters.read_many(["views:first", "views:second", "views:first"]) == [0, 1, 0]
    assert counters.read_many([]) == []


def test_a_number_is_computed_once_and_then_kept_up() -> None:
    table = Table(KEY)
    table.insert()

    assert table.count() == 1
    table.insert()
    table.insert()

    assert counters.count(KEY, lambda: pytest.fail("It was kept"), ttl=60) == 3


def test_a_number_that_is_not_kept_is_not_begun_by_an_increment() -> None:
    Table(KEY).insert()

    assert not data().exists(KEY)


def test_a_kept_number_goes_down_too() -> None:
    assert counters.count(KEY, lambda: 5, ttl=60) == 5
    counters.expect(KEY)

    counters.add(KEY, -2)

    assert counters.count(KEY, lambda: pytest.fail("It was kept"), ttl=60) == 3


def test_increments_do_not_prolong_the_time_of_a_kept_number() -> None:
    table = Table(KEY)
    table.count()
    assert 0 < data().ttl(KEY) <= 60
    data().expire(KEY, 10)

    table.insert()

    assert 0 < data().ttl(KEY) <= 10


def test_what_was_read_before_a_commit_is_not_kept_after_the_increment() -> None:
    table = Table(KEY)

    assert table.count(meanwhile=table.insert) == 0
    assert table.count() == 1


def test_what_was_read_between_a_mark_and_its_commit_is_not_kept_either() -> None:
    table = Table(KEY)

    def finish() -> None:
        table.commit()
        table.increment()

    table.announce()

    assert table.count(meanwhile=finish) == 0
    assert table.count() == 1


def test_what_was_read_after_a_commit_is_not_incremented_again() -> None:
    table = Table(KEY)
    table.announce()
    table.commit()

    assert table.count() == 1
    table.increment()

    assert table.count() == 1
    assert table.count() == 1


def test_one_of_two_writers_that_is_done_leaves_the_other_ones_mark() -> None:
    table = Table(KEY)
    table.announce()
    table.insert()
    table.commit()

    assert table.count() == 2
    table.increment()

    assert table.count() == 2


def test_after_a_rollback_the_number_is_computed_until_the_mark_runs_out() -> None:
    table = Table(KEY)
    table.announce()

    assert table.count() == 0
    table.commit()
    assert table.count() == 1
    assert 0 < data().ttl(f"{KEY}:expected") <= MARK_SECONDS

    data().delete(f"{KEY}:expected")
    table.count()
    assert data().get(KEY) == "1"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_a_number_that_fifty_change_at_once_is_exact(attempt: int) -> None:
    chance = random.Random(attempt)

    def write(number: int) -> None:
        with transaction.atomic():
            counters.expect(KEY)
            FeatureFlag.objects.create(name=f"feature-{number}")
        pause(chance)
        counters.add(KEY)
        connections.close_all()

    def read(_: int) -> None:
        for _ in range(20):
            counters.count(KEY, FeatureFlag.objects.count, ttl=60)
            pause(chance)
            # As if its time were over.
            data().delete(KEY)
        connections.close_all()

    with ThreadPoolExecutor(54) as threads:
        at_work = [*map(partial(threads.submit, write), range(50))]
        at_work += map(partial(threads.submit, read), range(4))
    for thread in at_work:
        thread.result()

    assert counters.count(KEY, FeatureFlag.objects.count, ttl=60) == 50
    assert counters.count(KEY, lambda: pytest.fail("It was kept"), ttl=60) == 50


def pause(chance: random.Random) -> None:
    """Let others come in between."""
    threading.Event().wait(chance.random() / 50)


@pytest.mark.usefixtures("broken_data")
def test_a_counter_without_its_server_reads_as_nothing(caplog: pytest.LogCaptureFixture) -> None:
    counters.increment(KEY, ttl=60)

    assert counters.read(KEY) == 0
    assert f"{KEY} misses an increment" in caplog.text


@pytest.mark.usefixtures("broken_data")
def test_a_number_without_its_server_is_computed(caplog: pytest.LogCaptureFixture) -> None:
    table = Table(KEY)
    table.insert()

    assert table.count() == 1
    assert f"{KEY} may be off" in caplog.text
