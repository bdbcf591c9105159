"""A broker that is restarted, killed, frozen, emptied, full, or away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.utils import timezone

from background.errors import BrokerUnavailableError
from background.publishing import publish
from operations.servers import Server
from operations.servers.valkey import Valkey
from tests.faults.conftest import FAULTS, PIECES, Expect
from tests.faults.held import hold_a_row, process_at, release_rows
from tests.faults.load import Load
from tests.faults.servers import broker, frozen, kill_and_restart, killed, restart
from tests.faults.site import AT_WORK, IMPATIENT, Site
from tests.faults.visitors import PATIENCE_OF_A_USER, Web
from tests.sample.models import Parcel
from tests.support.broker import Broker
from tests.support.waiting import wait_until

# How much is interrupted when it goes: workers of RabbitMQ stop what they do then.
CANCELLED = settings.CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS
INTERRUPTED = AT_WORK if CANCELLED else 0
# Longer than workers and broker wait for each other where they are impatient (seconds).
TIME_OUTS = 16.0
# How many requests at a time meet a broker that hangs, and what each may take then (seconds): its
# time-out, and those of the cache where that is the same Redis.
FEW_REQUESTS = 8
PATIENCE_WITH_A_HUNG_SERVER = 2 * PATIENCE_OF_A_USER


@pytest.fixture
def server() -> Server:
    """The broker, which is ours to break."""
    return broker()


@pytest.mark.parametrize(
    ("how", "fault"), [("restarted", restart), ("killed with -9", kill_and_restart)]
)
def test_gone_for_a_moment(
    how: str,
    fault: Callable[[Server], None],
    server: Server,
    load: Load,
    site: Site,
    expect_everything_once: Expect,
) -> None:
    site.start()

    for _ in load.in_portions(PIECES, FAULTS):
        fault(server)

    expect_everything_once(f"broker {how}", FAULTS, interrupted=FAULTS * INTERRUPTED)


def test_restarted_amid_the_answer_of_a_child(
    server: Server, load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    held = hold_a_row("answer in two parts")
    process_at(held.pk)
    load.start(PIECES // 2)
    load.wait_for_progress(PIECES // 8)

    restart(server)
    load.wait_for_progress(PIECES // 8)
    release_rows()

    # A worker that takes the rest of an answer for another one waits for that child for ever.
    wait_until(nobody_is_busy)
    expect_everything_once("broker restarted amid an answer", 1, interrupted=INTERRUPTED)
    assert held.deliveries.count() == 1


def test_frozen_for_longer_than_the_time_outs(
    server: Server, load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.environment |= IMPATIENT
    beat = site.start()
    web = Web(site.start_web())
    load.start(PIECES)
    load.wait_for_progress(PIECES // 4)

    with frozen(server):
        until = time.monotonic() + TIME_OUTS
        while time.monotonic() < until:
            load.request(web, FEW_REQUESTS)
        parcel = Parcel.objects.create(due_at=timezone.now())
        with pytest.raises(BrokerUnavailableError):
            publish(parcel.next_message())
        # Recovery has met its time-out too.
        beat.wait_for_output("The broker did not take")

    assert web.slowest < PATIENCE_WITH_A_HUNG_SERVER
    expect_everything_once("broker frozen", 1, interrupted=INTERRUPTED)


def test_emptied(server: Server, load: Load, site: Site, expect_everything_once: Expect) -> None:
    site.start()

    for _ in load.in_portions(PIECES, FAULTS):
        forget_everything()

    expect_everything_once("broker emptied", FAULTS)


def test_away_while_requests_come_in(
    server: Server, load: Load, site: Site, expect_everything_once: Expect
) -> None:
    site.start()
    web = Web(site.start_web())

    with killed(server):
        load.start(PIECES // 2)
        load.request(web, 10 * FAULTS)

    assert web.slowest < PATIENCE_OF_A_USER
    expect_everything_once("broker away while requests come in", 1, interrupted=INTERRUPTED)


def test_full(server: Server, load: Load, site: Site, expect_everything_once: Expect) -> None:
    site.start()

    with refusing_writes():
        load.start(PIECES // 2)
        refuses_a_message(server)

    load.start(PIECES // 2)
    expect_everything_once("Redis at maxmemory", 1)


def nobody_is_busy() -> bool:
    """Whether workers answer, and none of them has a task at hand."""
    # Those of this process were broken with the workers'.
    with current_app.connection_for_write() as connection:
        tasks = current_app.control.inspect(connection=connection).active()
    return bool(tasks) and not any(tasks.values())


def forget_everything() -> None:
    """Empty Redis, every database of it, and each queue of the broker."""
    redis.Redis.from_url(settings.REDIS_DATA_URL).flushall()
    Broker().purge()


def refuses_a_message(server: Server) -> None:
    """Expect the broker to say so where it is this Redis; others have room of their own."""
    if isinstance(server, Valkey):
        with pytest.raises(BrokerUnavailableError):
            publish(Parcel.objects.create(due_at=timezone.now()).next_message())


@contextmanager
def refusing_writes() -> Iterator[None]:
    """A Redis that has no room left."""
    client = redis.Redis.from_url(settings.REDIS_DATA_URL)
    client.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.set("too", "much")
        yield
    finally:
        client.config_set("maxmemory", "0")
        wait_until(lambda: client.set("enough", "room", ex=1))
