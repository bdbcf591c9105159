"""Wires the package into Django and Celery."""

from typing import Any

from celery import signals
from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running the project and watching it."""

    name = "operations"

    def ready(self) -> None:
        """Check workers and secrets with the project, and let workers tell of themselves."""
        from operations.checks import register_checks

        register_checks()
        signals.worker_init.connect(_register_commands, dispatch_uid="operations.remote_control")


def _register_commands(**kwargs: Any) -> None:
    # Nobody but a worker is asked.
    from operations import remote_control  # noqa: F401
