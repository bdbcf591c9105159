"""Workers that are missing, or are not what they should be."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest
from celery import current_app
from django.db import OperationalError

from config.processes import worker_command
from config.queues import WORKERS, Queue
from operations import identity
from operations.doctor import workers
from tests.operations.doctor.findings import bad_about, findings_about
from tests.support.processes import Process
from tests.support.waiting import wait_until

type StartWorker = Callable[..., Process]


@pytest.fixture
def start_by_hand(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Start a worker of all queues with other options than its own."""
    started: list[Process] = []

    def start(*options: str) -> None:
        command = [*worker_command("all", list(WORKERS)), *options]
        started.append(Process("worker", command, tmp_path, ready="ready."))
        started[-1].wait_until_ready()

    yield start
    for process in started:
        process.kill()


def test_a_worker_that_is_as_it_should_be_is_well(worker: Process) -> None:
    same = "their settings, release and database, which are this process's"

    wait_until(lambda: findings_about("workers")[-1].seen == f"1 of 1 tell {same}")

    assert findings_about("workers")[0].seen.startswith("1 answer: all@")


@pytest.mark.django_db(transaction=True)
def test_that_there_is_none_is_one_line() -> None:
    assert bad_about("workers") == ["None answers"]


def test_a_queue_that_nobody_reads_is_told(start_own_worker: StartWorker) -> None:
    start_own_worker()
    current_app.control.cancel_consumer(Queue.DEFAULT, reply=True)

    wait_until(lambda: bad_about("workers") == ["No worker reads default"])


def test_a_queue_that_nobody_knows_is_told(start_own_worker: StartWorker) -> None:
    start_own_worker()

    def is_told() -> bool:
        # A worker that has just started may not listen yet.
        current_app.control.add_consumer("nobodys", exchange="nobodys", reply=True)
        return bad_about("workers") == ["A worker reads nobodys, which is no queue of this project"]

    wait_until(is_told)


def test_a_worker_with_other_settings_is_told(start_own_worker: StartWorker) -> None:
    start_own_worker(env={"DJANGO_SETTINGS_MODULE": "tests.operations.doctor.changed_settings"})

    [seen] = wait_until(lambda: bad_about("workers"))

    assert "_timeout " in seen


def test_a_difference_is_told_without_its_password(worker: Process, conf: Any) -> None:
    conf.result_backend = "redis://:secret@127.0.0.1:1/0"

    [seen] = wait_until(lambda: bad_about("workers"))

    assert "this process redis://:********@127.0.0.1:1/0" in seen


def test_a_worker_with_another_lease_is_told(worker: Process, settings: Any) -> None:
    settings.WORK_LEASE_SECONDS += 1
    ours = settings.WORK_LEASE_SECONDS

    [seen] = wait_until(lambda: bad_about("workers"))

    assert seen.endswith(f"has WORK_LEASE_SECONDS {ours - 1}, and this process {ours}")


def test_a_worker_with_an_empty_database_is_told(
    start_own_worker: StartWorker, tmp_path: Path
) -> None:
    start_own_worker(env={"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"})

    [seen] = wait_until(lambda: bad_about("workers"))

    assert "takes our messages and can't read its database: no such table" in seen


def test_a_worker_with_another_database_is_told(
    start_own_worker: StartWorker, tmp_path: Path
) -> None:
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE django_migrations (id INTEGER, app, name, applied DATETIME)")
        database.execute("INSERT INTO django_migrations VALUES (1, 'a', 'b', '2026-01-01')")
        database.commit()
    start_own_worker(env={"DATABASE_URL": f"sqlite:///{other}"})

    [seen] = wait_until(lambda: bad_about("workers"))

    assert "works with another database" in seen


def test_while_the_database_is_away_nothing_is_said_of_it_here(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_away() -> NoReturn:
        raise OperationalError("It is away")

    monkeypatch.setattr(identity, "database_birth", be_away)

    same = "their settings and release, which are this process's"

    wait_until(lambda: findings_about("workers")[-1].seen == f"1 of 1 tell {same}")


def test_a_worker_that_routes_a_task_elsewhere_is_told(start_own_worker: StartWorker) -> None:
    start_own_worker(env={"DJANGO_SETTINGS_MODULE": "tests.operations.doctor.rerouting_settings"})

    [seen] = wait_until(lambda: bad_about("workers"))

    assert "has background.tasks.prune_sent_log {'queue': 'elsewhere'}, and this process" in seen


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--soft-time-limit", "1", "--time-limit", "2"), "ends tasks after [1, 2] s"),
        (("--pool", "threads"), "ends no task at its time limit"),
        (("--pool", "solo"), "ends no task at its time limit"),
    ],
)
def test_a_worker_with_other_time_limits_is_told(
    start_by_hand: Callable[..., None], options: tuple[str, ...], told: str
) -> None:
    start_by_hand(*options)

    [seen] = wait_until(lambda: bad_about("workers"))

    assert told in seen


def test_a_worker_of_another_release_is_told(
    worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "version", lambda _: "0.1")

    [seen] = wait_until(lambda: bad_about("workers"))

    assert seen.endswith("and this process celery:0.1")
