"""Runs the light tasks, as the library's command of this name does, and outlives the database."""

from functools import partial
from typing import Any

from django_tasks_db.management.commands.db_worker import Command as StockCommand

from background.database import patiently
from background.light_tasks.recovery import take_up_from


class Command(StockCommand):
    """Begins anew when the database is back; the stock one ends when it goes away."""

    def handle(self, **options: Any) -> None:
        """Work until told to stop."""
        patiently(partial(self._work, **options))

    def _work(self, **options: Any) -> None:
        take_up_from(options["worker_id"])
        super().handle(**options)
