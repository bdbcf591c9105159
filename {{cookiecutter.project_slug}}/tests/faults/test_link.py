"""A worker that is cut off from the broker, or from everything, and goes on meanwhile."""

import os
import socket
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from config.processes import worker_command
from config.queues import WORKERS
from tests.faults.conftest import PIECES, Expect
from tests.faults.held import hold_a_row, process_at, release_rows
from tests.faults.host import Host, another_host, is_possible, seen_from
from tests.faults.link import Link
from tests.faults.load import Load
from tests.faults.site import AT_WORK, IMPATIENT, Site
from tests.sample.models import Parcel
from tests.support.processes import Process, database_environment
from tests.support.serving import serving
from tests.support.waiting import wait_until

# The first loses its messages to the second soon after its link is cut, on RabbitMQ because of its
# own settings, on Redis because of those of the second.
FIRST = {"DJANGO_SETTINGS_MODULE": "tests.faults.watched_worker"}
SECOND = IMPATIENT
LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)
# More than a lease, and than anybody waits for an answer of either broker.
TIME_OUTS = timedelta(seconds=6)
# How long one listens to be sure that nothing comes (seconds).
SILENCE_SECONDS = 0.5


class Echo(socketserver.StreamRequestHandler):
    """Gives back what it gets, line by line."""

    def handle(self) -> None:
        """Answer until there is no more."""
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def far_host(tmp_path: Path) -> Iterator[Host]:
    """Another host than ours."""
    if not is_possible():
        pytest.skip("Another host needs Linux, root, iproute2 and util-linux")
    with another_host(tmp_path) as host:
        yield host


def test_a_cut_link_holds_back_what_is_sent_and_its_end() -> None:
    with (
        serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)) as echo,
        serving(Link(f"echo://127.0.0.1:{echo.server_address[1]}")) as link,
        socket.create_connection(("127.0.0.1", link.server_address[1])) as visitor,
    ):
        visitor.sendall(b"first\n")
        assert visitor.recv(100) == b"first\n"

        link.cut()
        visitor.sendall(b"second\n")
        visitor.shutdown(socket.SHUT_WR)
        visitor.settimeout(SILENCE_SECONDS)
        with pytest.raises(TimeoutError):
            visitor.recv(100)

        link.mend()
        visitor.settimeout(None)
        assert visitor.makefile("rb").read() == b"second\n"


def test_an_unplugged_host_reaches_nobody(far_host: Host) -> None:
    with serving(socketserver.ThreadingTCPServer((far_host.our_address, 0), Echo)) as echo:
        assert reaches(far_host, echo)

        far_host.unplug()
        assert not reaches(far_host, echo)

        far_host.plug_in()
        wait_until(lambda: reaches(far_host, echo))


def test_cut_so_that_two_workers_hold_one_task(
    load: Load, site: Site, expect_everything_once: Expect
) -> None:
    with serving(Link(settings.CELERY_BROKER_URL)) as link:
        site.start_worker(CELERY_BROKER_URL=link.url, **FIRST)
        site.start_light_worker()
        site.start_beat()
        held = hold()
        load.start(PIECES // 2)
        load.wait_for_progress(PIECES // 8)

        link.cut()
        have_two_hold(held, site)
        link.mend()

        expect_everything_once("link between worker and broker cut", 1, interrupted=AT_WORK)
    expect_one_delivery(held)


def test_a_host_that_loses_its_network(
    far_host: Host, load: Load, site: Site, expect_everything_once: Expect, tmp_path: Path
) -> None:
    # The addresses of their receivers stand in rows, and lead nowhere from another host.
    load.leave_out("webhook")
    variables = os.environ | database_environment() | site.environment
    with seen_from(far_host, variables) as servers:
        site.workers.append(start_worker_on(far_host, tmp_path, site.environment | servers))
        site.start_light_worker()
        site.start_beat()
        held = hold()
        load.start(PIECES // 2)
        load.wait_for_progress(PIECES // 8)

        far_host.unplug()
        have_two_hold(held, site)
        far_host.plug_in()

        expect_everything_once("host without its network", 1, interrupted=AT_WORK)
    expect_one_delivery(held)


def reaches(host: Host, server: socketserver.TCPServer) -> bool:
    """Whether a server of this machine can be reached from another host."""
    connect = f"import socket; socket.create_connection({server.server_address!r}, timeout=2)"
    command = host.command(sys.executable, "-c", connect)
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def start_worker_on(host: Host, folder: Path, environment: dict[str, str]) -> Process:
    """A worker for all queues on another host, ready for work."""
    command = host.command(*worker_command("far", list(WORKERS), concurrency=2))
    remapped = {"REMAP_SIGTERM": "SIGQUIT"}
    worker = Process("far", command, folder, environment | FIRST | remapped)
    worker.wait_for_output("ready.")
    return worker


def hold() -> Parcel:
    """A row that the only worker has begun with, and does not end before it is released."""
    held = hold_a_row()
    process_at(held.pk)
    return held


def have_two_hold(held: Parcel, site: Site) -> None:
    """Have a second worker given the message of a row that the first, cut off, holds and ends.

    The first says nothing of it on either broker; its lease on the row tells that it goes on, and
    that every time-out is over.
    """
    time_outs_over = timezone.now() + TIME_OUTS
    second = site.start_worker(**SECOND)
    # A busy machine may have had the first take the row up twice.
    second.wait_for_output(f"{held.pk}: attempt ")
    wait_until(lambda: lease_of(held) > time_outs_over + LEASE)
    release_rows()
    wait_until(lambda: Parcel.objects.get(pk=held.pk).is_final)


def lease_of(held: Parcel) -> datetime:
    """When the lease on a held row ends."""
    held.refresh_from_db()
    assert held.due_at, "Its worker has lost it"
    return held.due_at


def expect_one_delivery(held: Parcel) -> None:
    """Judge what became of a row that two workers were given: it was done once."""
    assert held.deliveries.count() == 1
