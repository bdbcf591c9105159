"""Wires the package into Django."""

from django.apps import AppConfig


class LightTasksConfig(AppConfig):
    """Light tasks in the database."""

    name = "background.light_tasks"
