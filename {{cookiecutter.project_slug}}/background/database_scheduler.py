"""Schedules in the database, edited in the admin."""

from collections.abc import Mapping
from typing import Any

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler as StockScheduler


class DatabaseScheduler(StockScheduler):  # type: ignore[misc]  # the library has no types
    """Loads the entries of config/schedule.py that the database does not have yet.

    The stock scheduler writes every entry anew at each start, which undoes what was edited in the
    admin, and drops `expires`.
    """

    def update_from_dict(self, mapping: Mapping[str, Mapping[str, Any]]) -> None:
        """Insert the entries that are absent; none is overwritten."""
        known = set(PeriodicTask.objects.filter(name__in=mapping).values_list("name", flat=True))
        absent = {name: _with_expiry(entry) for name, entry in mapping.items() if name not in known}
        super().update_from_dict(absent)


def _with_expiry(entry: Mapping[str, Any]) -> dict[str, Any]:
    options = dict(entry.get("options", {}))
    if "expires" in options:
        options["expire_seconds"] = options.pop("expires")
    return {**entry, "options": options}
