"""Wires the package into Django."""

from django.apps import AppConfig


class FastdataConfig(AppConfig):
    """Redis used directly."""

    name = "fastdata"
    verbose_name = "Features"

    def ready(self) -> None:
        """Let the cache follow the flags in every process that may switch one."""
        from fastdata import flags  # noqa: F401
