"""Effects that happen once, however often their task runs: the sent log is asked first."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from background.database import DATABASE_TROUBLE, PAUSE, patiently
from background.errors import TransientError
from background.guards import in_transaction
from background.models import Sending


@dataclass(frozen=True, order=True)
class Key:
    """What makes two effects the same one: its kind, what it is about, and whom it reaches.

    `object` names a thing by kind and id, such as "application:12".
    """

    kind: str
    object: str
    recipient: str


def take(keys: Sequence[Key]) -> set[Key]:
    """Take the keys that nobody has had yet; those that this call took.

    For effects in the database itself: call it in the transaction that writes them, which gives
    the keys back when it is rolled back. Of two transactions at once one has a key, and the other
    waits for its end. The number of queries does not grow with the keys. Raises
    TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "take() belongs in the transaction that writes what the keys stand for: "
            "open transaction.atomic() around both"
        )
    # In one order everywhere, or two transactions could wait for each other.
    ordered = sorted(set(keys))
    rows = [Sending(**asdict(key), sent_at=timezone.now()) for key in ordered]
    Sending.objects.bulk_create(rows, ignore_conflicts=True)
    ours = Sending.objects.filter(pk__in=[row.pk for row in rows])
    return {Key(*values) for values in ours.values_list("kind", "object", "recipient")}


def send_once(key: Key, send: Callable[[UUID], None]) -> bool:
    """Call `send` with the id of this effect, unless that was done before; whether it was called.

    For effects elsewhere, such as mail. The effect is claimed first, for SENDING_CLAIM_SECONDS; an
    exception of `send` gives the claim back and goes on. A process killed between the effect and
    the note that it was made leaves a claim that runs out, and the next try repeats the effect:
    no order of the two steps avoids it, but the id is the same, so that the far end can tell.

    Raises TransientError while somebody else has the claim, with the time it may still take, and
    TransactionManagementError inside a transaction, where nobody else would see the claim.
    """
    _refuse_in_transaction()
    sending, _ = Sending.objects.get_or_create(**asdict(key))
    claimed_until = _claim(sending)
    if claimed_until is None:
        return _explain_refusal(sending)
    try:
        send(sending.pk)
    except BaseException:
        Sending.objects.filter(pk=sending.pk, claimed_until=claimed_until).update(
            claimed_until=None
        )
        raise
    _note_sent(sending, claimed_until)
    return True


def _refuse_in_transaction() -> None:
    if in_transaction():
        raise TransactionManagementError(
            "send_once() inside a transaction would send what may be rolled back: "
            "start a task after commit and send there"
        )


def _claim(sending: Sending) -> datetime | None:
    """Until when the sending is ours; None when it is not to be had."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.SENDING_CLAIM_SECONDS)
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    unsent = Sending.objects.filter(free, pk=sending.pk, sent_at=None)
    return until if unsent.update(claimed_until=until) else None


def _note_sent(sending: Sending, claimed_until: datetime) -> None:
    """Note that it was sent, also when a lock is in the way for as long as the claim lasts."""
    ours = Sending.objects.filter(pk=sending.pk)
    while True:
        try:
            patiently(lambda: ours.update(sent_at=timezone.now(), claimed_until=None))
        except DATABASE_TROUBLE:
            if timezone.now() > claimed_until:
                raise
            time.sleep(PAUSE)
        else:
            return


def _explain_refusal(sending: Sending) -> bool:
    """False when it was sent. Raises TransientError when it is being sent."""
    sending.refresh_from_db()
    if sending.sent_at:
        return False
    now = timezone.now()
    wait = (sending.claimed_until or now) - now
    raise TransientError("Somebody else is sending it now", retry_after=wait.total_seconds())
