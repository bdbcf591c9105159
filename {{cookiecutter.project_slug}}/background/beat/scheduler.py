"""Who sends a tick: the Beat that claims it in the database, and of several only one looks.

The row of an entry is all that Beat remembers. So it does not matter which Beat looks, when it
last did, or whether two do so at once: whoever moves the row on to a tick has that tick.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from celery.beat import ScheduleEntry, Scheduler
from django.db import Error as DatabaseError
from django.db import connections, transaction
from django.utils import timezone

from background.beat.occurrences import latest_tick
from background.dispatch import dispatch
from background.models import LastTick, TaskCall
from fastdata.locks import Leadership

logger = logging.getLogger(__name__)

# How often a Beat looks (seconds): no schedule is finer.
LOOK_EVERY = 1.0
# How long a Beat that can't look leaves it to others (seconds).
PAUSE_AFTER_TROUBLE = 5.0
# How long the others keep quiet after a leader's last sign of life (seconds): longer than the
# slowest look, which took six with a Redis that hangs.
LEAD_SECONDS = 12.0
LEAD_KEY = "beat:leader"

# A celery.beat.ScheduleEntry; the stubs say of each of its attributes that it may be None.
type Entry = Any


class Role(StrEnum):
    """What a Beat is among several, as the log says it."""

    LEADER = "This Beat leads"
    STANDBY = "Another Beat leads, and this one stands by"
    UNSURE = "Redis does not say which Beat leads, so this one looks at what is due as well"


class ClaimingScheduler(Scheduler):
    """Sends each tick once, whatever else happens; a mixin over the scheduler with the entries.

    A tick that passed while no Beat could look is sent late, unless `expires` has passed since its
    scheduled time; of several missed ticks of one entry only the last is sent. Once claimed, a
    tick is a call that stays in the database until it has ended, so the broker may be away. A
    message that is sent twice for it has the same task id, and its claim refuses the second.
    """

    # The names of the entries that are there and make no sense.
    unreadable: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._leadership = Leadership(LEAD_KEY, seconds=LEAD_SECONDS)
        self._role: Role | None = None
        self._is_closed = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Look once at what is due, unless another Beat does; the time until the next look (s).

        Raises SystemExit once Beat was told to stop.
        """
        if self._is_closed:
            # Celery raises it amid whatever goes on when the signal comes, where it may get lost: a
            # cursor that can't be closed any more was seen to take its place.
            raise SystemExit
        self._find_role()
        if self._role is Role.STANDBY:
            return LOOK_EVERY
        try:
            self.look(timezone.now())
        except DatabaseError as error:
            logger.warning("Beat can't look at what is due: %s", error)
            self._let_others_look()
            return PAUSE_AFTER_TROUBLE
        except Exception:
            logger.exception("Beat can't look at what is due")
            self._let_others_look()
            return PAUSE_AFTER_TROUBLE
        return LOOK_EVERY

    def look(self, now: datetime) -> None:
        """Send every tick up to `now` that nobody has claimed."""
        last_ticks = _last_ticks(self.schedule)
        self._note_new_entries(last_ticks, now)
        for entry, scheduled_at in self._unclaimed(last_ticks, now):
            self.apply_entry(_as_of(entry, scheduled_at))

    def overdue(self, now: datetime) -> list[str]:
        """The names of the entries with a tick up to `now` that nobody has claimed."""
        return [entry.name for entry, _ in self._unclaimed(_last_ticks(self.schedule), now)]

    def read_entries(self) -> None:
        """Know the entries, and write none; a scheduler that looks them up need not do anything."""

    def counts_from(self, entry: Entry, last: datetime | None, now: datetime) -> datetime:
        """What is scheduled after this is due: the last tick, or the first look at an entry."""
        return last or now

    def need_not_expire(self, entry: Entry) -> bool:
        """Whether what an entry sends leaves no pile behind, also when it never expires."""
        return False

    def apply_async(
        self, entry: Entry, producer: Any = None, advance: bool = True, **kwargs: Any
    ) -> None:
        """Claim a tick and write its call, in one transaction; `last_run_at` is its time."""
        scheduled_at = entry.last_run_at
        expires_at = _expiry(entry.options, scheduled_at)
        with transaction.atomic():
            if not self.claim(entry, scheduled_at):
                logger.debug("%s of %s is another Beat's", entry.name, scheduled_at)
            elif expires_at and expires_at <= timezone.now():
                logger.warning("%s of %s is too late and left out", entry.name, scheduled_at)
            else:
                _send(entry, scheduled_at, expires_at)

    def claim(self, entry: Entry, scheduled_at: datetime) -> bool:
        """Move the entry's row on to a tick; whether this call did."""
        behind = LastTick.objects.filter(entry=entry.name, scheduled_at__lt=scheduled_at)
        return bool(behind.update(scheduled_at=scheduled_at, claimed_at=timezone.now()))

    def close(self) -> None:
        """Stop in good order, so that another Beat may lead at once."""
        self._is_closed = True
        self._leadership.resign()
        super().close()

    def _note_new_entries(self, last_ticks: Mapping[str, datetime], now: datetime) -> None:
        entries: list[Entry] = list(self.schedule.values())
        for entry in entries:
            if entry.name not in last_ticks:
                since = self.counts_from(entry, None, now)
                LastTick.objects.get_or_create(entry=entry.name, defaults={"scheduled_at": since})

    def _unclaimed(
        self, last_ticks: Mapping[str, datetime], now: datetime
    ) -> Iterator[tuple[Entry, datetime]]:
        entries: list[Entry] = list(self.schedule.values())
        for entry in entries:
            since = self.counts_from(entry, last_ticks.get(entry.name), now)
            scheduled_at = latest_tick(entry.schedule, since, now)
            if scheduled_at:
                yield entry, scheduled_at

    def _find_role(self) -> None:
        try:
            role = Role.LEADER if self._leadership.keep() else Role.STANDBY
        except ConnectionError:
            role = Role.UNSURE
        if role is not self._role:
            logger.log(logging.WARNING if role is Role.UNSURE else logging.INFO, role)
        self._role = role

    def _let_others_look(self) -> None:
        connections.close_all()
        self._leadership.resign()


def tick_id(entry: str, scheduled_at: datetime) -> UUID:
    """The task id of a tick, the same whoever sends it."""
    return uuid5(NAMESPACE_OID, f"{entry} {scheduled_at.timestamp()}")


def _last_ticks(entries: Iterable[str]) -> dict[str, datetime]:
    ticks = LastTick.objects.filter(entry__in=list(entries))
    return dict(ticks.values_list("entry", "scheduled_at"))


def _as_of(entry: Entry, scheduled_at: datetime) -> Entry:
    return ScheduleEntry(
        name=entry.name,
        task=entry.task,
        last_run_at=scheduled_at,
        schedule=entry.schedule,
        args=entry.args,
        kwargs=entry.kwargs,
        options=dict(entry.options),
        app=entry.app,
    )


def _expiry(options: Mapping[str, Any], scheduled_at: datetime) -> datetime | None:
    """From when on nobody wants the tick any more; seconds count from its scheduled time."""
    expires = options.get("expires")
    if isinstance(expires, int | float):
        return scheduled_at + timedelta(seconds=expires)
    return expires


def _send(entry: Entry, scheduled_at: datetime, expires_at: datetime | None) -> None:
    options = {name: value for name, value in entry.options.items() if name != "expires"}
    call = TaskCall(
        pk=tick_id(entry.name, scheduled_at),
        task=entry.task,
        args=list(entry.args),
        kwargs=dict(entry.kwargs),
        options=options,
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except TypeError as error:
        logger.error("%s of %s can't be sent: %s", entry.name, scheduled_at, error)
        return
    # Recovery makes a dead letter of a call whose task is gone, or takes other arguments.
    with suppress(LookupError, TypeError):
        dispatch(call)
