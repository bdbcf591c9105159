"""Wires the app into Django."""

from django.apps import AppConfig


class ResumesConfig(AppConfig):
    """Resumes."""

    name = "apps.resumes"
