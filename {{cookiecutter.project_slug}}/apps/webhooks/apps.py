"""Wires the app into Django."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Webhooks."""

    name = "apps.webhooks"
