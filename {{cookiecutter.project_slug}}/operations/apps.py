"""Wires the package into Django."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running the project and watching it."""

    name = "operations"
