"""Wires the app into Django."""

from django.apps import AppConfig
from django.core.checks import register


class NotificationsConfig(AppConfig):
    """Notifications."""

    name = "apps.notifications"

    def ready(self) -> None:
        """Check the backends whenever Django checks the project."""
        from apps.notifications.checks import check_backends

        register(check_backends)
