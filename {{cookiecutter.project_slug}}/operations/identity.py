"""By what one process of the project tells whether another has the same settings and database."""

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def work_settings() -> dict[str, float]:
    """The settings of rows of work in this process, by name."""
    names = [name for name in dir(settings) if name.startswith("WORK_")]
    return {name: getattr(settings, name) for name in names}


def database_birth() -> str:
    """When the database of this process was made, by whichever address it is called.

    That is when its first migration was applied, to the microsecond; so a copy passes for the
    database from which it was made.
    """
    first = MigrationRecorder(connection).migration_qs.earliest("applied", "pk")
    return str(first.applied.isoformat())
