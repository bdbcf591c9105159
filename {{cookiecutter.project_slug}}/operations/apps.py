"""Wires the package into Django."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running the project and watching it."""

    name = "operations"

    def ready(self) -> None:
        """Check the workers and the secrets whenever Django checks the project."""
        from operations.checks import register_checks

        register_checks()
