"""Wires the app into Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Audit log."""

    name = "apps.audit"
