"""The sample app."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    """Parcels, delivered by a worker."""

    name = "tests.sample"
    default_auto_field = "django.db.models.BigAutoField"
