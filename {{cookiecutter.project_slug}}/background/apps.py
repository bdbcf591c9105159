"""Wires the package into Django and Celery."""

from typing import Any

from celery import signals
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BackgroundConfig(AppConfig):
    """Background work."""

    name = "background"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register every app's tasks in every process, the checks, and let Beat run recovery."""
        from background import recovery
        from background.checks import register_checks

        autodiscover_modules("tasks")
        register_checks()
        signals.beat_init.connect(recovery.start, dispatch_uid="background.recovery")
        signals.worker_init.connect(_use_own_parts, dispatch_uid="background.own_parts")


def _use_own_parts(**kwargs: Any) -> None:
    # Only a worker has to load what they replace.
    from background import pool, redis_channel, results, revocation

    pool.use()
    redis_channel.use()
    results.use()
    revocation.use()
