"""Schedules in the code."""

from background.beat.scheduler import ClaimingScheduler


class CodeScheduler(ClaimingScheduler):
    """Loads the entries of config/schedule.py at each start, and keeps no file.

    A new entry counts from the first look of a Beat that has it. One that has vanished from the
    code is no longer looked at; its row stays, so that it goes on from there if it comes back.
    """

    def setup_schedule(self) -> None:
        """Take the entries of the settings, and those that Celery itself needs."""
        self.read_entries()
        self.install_default_entries(self.schedule)

    def read_entries(self) -> None:
        """Take the entries of the settings."""
        self.update_from_dict(self.app.conf.beat_schedule)
