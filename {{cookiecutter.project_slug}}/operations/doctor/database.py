"""The database: whether it answers, and has the tables of this code."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from operations.doctor.clock import compare
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "database"


def ask() -> Iterator[Finding]:
    """What is wrong with it, or that nothing is, and with its clock."""
    connection.ensure_connection()
    findings = [*_tables(), *_vendor()]
    yield from findings or [good(SUBJECT, f"{connection.display_name}, every migration applied")]
    yield from _clock()


def _tables() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in missing[:3])
        seen = f"{len(missing)} migrations are not applied: {names}{' …' * (len(missing) > 3)}"
        yield bad(SUBJECT, seen, "Run manage.py migrate")


def _vendor() -> Iterator[Finding]:
    if settings.IN_PRODUCTION and connection.vendor == "sqlite":
        seen = "SQLite in production: one machine, one writer at a time"
        yield bad(SUBJECT, seen, "Let DATABASE_URL name a PostgreSQL")


def _clock() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        # It has this machine's.
        return
    began_at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        [theirs] = cursor.fetchone()
    yield compare("the database", began_at, theirs)


QUESTION = Question(
    subject=SUBJECT, ask=ask, remedy="Start it, or let DATABASE_URL lead to where it is"
)
