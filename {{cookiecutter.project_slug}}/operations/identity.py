"""By what one process of the project tells whether another has the same settings and database."""

from typing import Any

from celery.app.utils import filter_hidden_settings
from celery.utils.saferepr import saferepr as safe_repr
from celery.utils.serialization import jsonify
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config.celery import app

# Settings of Celery. Where one process differs in these from another, messages are lost, doubled or
# not understood.
SHARED = (
    "accept_content",
    "broker_transport_options",
    "result_backend",
    "result_expires",
    "result_serializer",
    "task_acks_late",
    "task_default_queue",
    "task_reject_on_worker_lost",
    "task_routes",
    "task_serializer",
    "timezone",
    "worker_cancel_long_running_tasks_on_connection_loss",
    "worker_prefetch_multiplier",
)


def shared_settings() -> dict[str, Any]:
    """What every process has to set alike, by name, as JSON and without passwords."""
    of_celery = {name: app.conf[name] for name in SHARED}
    of_work = {name: getattr(settings, name) for name in dir(settings) if name.startswith("WORK_")}
    shown = filter_hidden_settings(of_celery | of_work)
    ordered = {name: _ordered(value) for name, value in shown.items()}
    return dict(jsonify(ordered, unknown_type_filter=safe_repr))


def database_birth() -> str:
    """When the database of this process was made, by whichever address it is called.

    That is when its first migration was applied, to the microsecond; so a copy passes for the
    database from which it was made.
    """
    first = MigrationRecorder(connection).migration_qs.earliest("applied", "pk")
    return str(first.applied.isoformat())


def _ordered(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, set | frozenset) else value
