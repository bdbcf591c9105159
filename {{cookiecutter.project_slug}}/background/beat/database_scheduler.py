"""Schedules in the database, edited in the admin."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db.models import F, Q
from django.utils import timezone
from django_celery_beat.clockedschedule import clocked
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from django_celery_beat.schedulers import DatabaseScheduler as StockScheduler

from background.beat.occurrences import latest_up_to
from background.beat.scheduler import ClaimingScheduler, Entry

logger = logging.getLogger(__name__)


class DatabaseScheduler(ClaimingScheduler, StockScheduler):  # type: ignore[misc]  # no types
    """Loads the entries of config/schedule.py that the database does not have yet.

    The stock scheduler writes every entry anew at each start, which undoes what was edited in the
    admin, and drops `expires`. An entry that has vanished from the code stays until somebody
    removes it in the admin.

    An edited entry counts from the edit, so that a new time of day that has passed already waits
    for tomorrow. A clocked entry ticks once, at its time or as soon as a Beat is there again, and
    is then disabled as every one-off entry is. A solar one ticks to the minute.
    """

    # Whether what is absent was inserted.
    _is_set_up = False

    def setup_schedule(self) -> None:
        """Insert what is absent, and then read all of it; later if the database is away."""
        try:
            self._insert_and_read()
        except DatabaseError as error:
            logger.warning("Beat can't read the schedule yet: %s", error)

    def look(self, now: datetime) -> None:
        """Send every tick up to `now` that nobody has claimed."""
        if not self._is_set_up:
            self._insert_and_read()
        super().look(now)

    def update_from_dict(self, mapping: Mapping[str, Mapping[str, Any]]) -> None:
        """Insert the entries that are absent; none is overwritten."""
        known = set(PeriodicTask.objects.filter(name__in=mapping).values_list("name", flat=True))
        absent = {name: _with_expiry(entry) for name, entry in mapping.items() if name not in known}
        super().update_from_dict(absent)

    def enabled_models_qs(self) -> Any:
        """Every entry that is in force.

        The stock scheduler leaves out those that are hours away, and with them a tick that was
        missed hours ago.
        """
        in_force = Q(expires=None) | Q(expires__gt=timezone.now())
        return PeriodicTask.objects.enabled().filter(in_force)

    def all_as_schedule(self) -> dict[str, Entry]:
        """The entries by name, without those that can't be read: the others must not wait."""
        entries = {}
        self.unreadable = []
        for model in self.enabled_models():
            try:
                entries[model.name] = self.Entry(model, app=self.app)
            except Exception:
                logger.exception("The schedule %s can't be read and is left out", model.name)
                self.unreadable.append(model.name)
        return entries

    def counts_from(self, entry: Entry, last: datetime | None, now: datetime) -> datetime:
        """The last tick, the last edit or the entry's start time, whichever is latest."""
        model = entry.model
        start = model.start_time and model.start_time - datetime.resolution
        times: list[datetime | None] = [last, model.last_run_at, model.date_changed, start]
        return max(time for time in times if time)

    def need_not_expire(self, entry: Entry) -> bool:
        """Whether it ticks once, as each clocked one does, or ends on a day, which the admin lets
        nobody combine with an expiry of its messages.
        """
        return bool(entry.model.one_off or entry.model.expires)

    def claim(self, entry: Entry, scheduled_at: datetime) -> bool:
        """Move the entry on to a tick, also in the columns that the admin shows."""
        if not super().claim(entry, scheduled_at):
            return False
        rows = PeriodicTask.objects.filter(name=entry.name)
        rows.update(last_run_at=scheduled_at, total_run_count=F("total_run_count") + 1)
        if rows.filter(one_off=True).update(enabled=False):
            PeriodicTasks.update_changed()
        return True

    def _insert_and_read(self) -> None:
        # The stock scheduler takes a read that failed for one that was made.
        self._initial_read = True
        super().setup_schedule()
        # What another Beat inserts just now it would notice after five minutes.
        self._initial_read = True
        self._is_set_up = True


@latest_up_to.register
def _latest_of_clocked(schedule: clocked, now: datetime, since: datetime) -> datetime | None:
    """A clocked schedule has one time."""
    time: datetime = schedule.clocked_time
    return time


def _with_expiry(entry: Mapping[str, Any]) -> dict[str, Any]:
    options = dict(entry.get("options", {}))
    if "expires" in options:
        options["expire_seconds"] = options.pop("expires")
    return {**entry, "options": options}
