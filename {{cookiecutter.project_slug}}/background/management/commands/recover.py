"""`manage.py recover`: one sweep of recovery by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from background.errors import BrokerUnavailableError
from background.recovery import recover


class Command(BaseCommand):
    """Takes up whatever is due; Beat does the same every few seconds."""

    help = "Take up work whose process or message was lost, as Beat does all the time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep once and say how much was taken up."""
        try:
            taken_up = recover()
        except BrokerUnavailableError as error:
            raise CommandError(f"{error}; start the broker and run this again") from error
        self.stdout.write(f"{taken_up} taken up")
