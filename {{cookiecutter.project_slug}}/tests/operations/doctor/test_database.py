"""A database without its tables, or of the wrong kind."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from operations.doctor import clock
from operations.doctor.examination import examine
from tests.operations.doctor.findings import bad_about
from tests.support.postgres import Postgres, own_postgres, used_by_django

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A database that is a server, of our own."""
    with own_postgres() as server:
        server.start()
        yield server


@pytest.fixture
def unapplied(transactional_db: None) -> Iterator[str]:
    """A migration that the database says it does not have."""
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("fastdata", "0001_initial")
    yield "fastdata.0001_initial"
    recorder.record_applied("fastdata", "0001_initial")


def test_a_migration_that_is_not_applied_is_told(unapplied: str) -> None:
    [seen] = bad_about("database")

    assert unapplied in seen


def test_with_every_migration_it_is_well() -> None:
    assert bad_about("database") == []


def test_the_clock_of_a_server_is_looked_at(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with used_by_django(postgres):
        assert bad_about("database") == []

        monkeypatch.setattr(clock, "LARGEST_SKEW", timedelta(days=-1))

        assert any("the database is" in finding.seen for finding in examine())


def test_sqlite_is_told_in_production_and_a_server_is_well(settings: Any) -> None:
    settings.IN_PRODUCTION = True

    told = ["SQLite in production: one machine, one writer at a time"]
    assert bad_about("database") == (told if connection.vendor == "sqlite" else [])
