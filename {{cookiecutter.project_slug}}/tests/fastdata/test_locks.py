"""Locks across processes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from fastdata.connection import data
from fastdata.locks import Leadership, held
from operations.servers.valkey import Valkey
from tests.support.waiting import wait_until

KEY = "lock:payout:1"


def test_a_lock_is_held_for_the_block_and_free_after_it() -> None:
    with held(KEY, seconds=30) as had:
        assert had
        assert 0 < data().ttl(KEY) <= 30
        with held(KEY, seconds=30) as had_too:
            assert not had_too
        assert data().exists(KEY)

    assert not data().exists(KEY)


def test_of_twenty_at_once_one_has_it() -> None:
    together = Barrier(20)

    def try_it(_: int) -> bool:
        together.wait()
        with held(KEY, seconds=30) as had:
            together.wait()
            return had

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(try_it, range(20))) == 1


def test_an_error_of_the_block_frees_it() -> None:
    with pytest.raises(ZeroDivisionError), held(KEY, seconds=30):
        _ = 1 // 0

    assert not data().exists(KEY)


def test_a_slow_holder_does_not_free_the_lock_of_the_next(caplog: pytest.LogCaptureFixture) -> None:
    with held(KEY, seconds=0.1):
        wait_until(lambda: not data().exists(KEY))
        data().set(KEY, "the next holder's", ex=30)

    assert data().get(KEY) == "the next holder's"
    assert f"The lock {KEY} ran out before its holder was done" in caplog.text


@pytest.mark.usefixtures("broken_data")
def test_without_its_server_nobody_may_believe_in_a_lock() -> None:
    with pytest.raises(ConnectionError, match=KEY), held(KEY, seconds=30):
        pytest.fail("It was held")


def test_a_server_lost_meanwhile_is_no_error_of_the_work(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Valkey(tmp_path)
    settings.REDIS_DATA_URL = server.environment["REDIS_URL"]
    server.start()

    with held(KEY, seconds=30) as had:
        server.stop()

    assert had
    assert f"The lock {KEY} runs out by itself" in caplog.text


def test_one_of_several_leads_as_long_as_it_says_so() -> None:
    leader, other = Leadership(KEY, seconds=30), Leadership(KEY, seconds=30)

    assert leader.keep()
    assert not other.keep()
    data().expire(KEY, 5)
    assert leader.keep()
    assert data().ttl(KEY) > 5


def test_a_leader_that_resigns_or_vanishes_is_followed_by_another() -> None:
    first, second = Leadership(KEY, seconds=30), Leadership(KEY, seconds=30)
    first.keep()

    first.resign()
    assert second.keep()
    data().delete(KEY)

    assert first.keep()
    assert not second.keep()


def test_somebody_who_does_not_lead_has_nothing_to_resign_from() -> None:
    leader, other = Leadership(KEY, seconds=30), Leadership(KEY, seconds=30)
    leader.keep()

    other.resign()

    assert leader.keep()


@pytest.mark.usefixtures("broken_data")
def test_without_its_server_nobody_knows_who_leads() -> None:
    leadership = Leadership(KEY, seconds=30)

    with pytest.raises(ConnectionError, match=KEY):
        leadership.keep()
    leadership.resign()
