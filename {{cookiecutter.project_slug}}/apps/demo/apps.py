"""Wires the app into Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo."""

    name = "apps.demo"
