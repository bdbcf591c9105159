"""Starting again what ended as a dead letter, once the reason is gone."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from background import lifecycle
from background.dispatch import dispatch
from background.models import DeadLetter, TaskCall, Work, find_work
from background.registry import registration_of


@transaction.atomic
def replay(letter: DeadLetter) -> None:
    """Start the work of a letter again: its row, or a new one where none stood behind the message.

    When it fails again the same letter says so. Raises LookupError when there is nothing to start:
    the row is gone or not FAILED, a replay has done the work, a constraint lets it not be open
    beside another one, the task has another name or takes other arguments by now.
    """
    letters = DeadLetter.objects.filter(pk=letter.pk)
    # Of two replays at the same moment the second waits here, and sees what the first has done.
    letters.select_for_update().first()
    work = find_work(letter.work_id)
    if work is not None:
        _reopen(work)
    elif letters.filter(DeadLetter.OPEN).exists():
        work = _new_call(letter)
    else:
        raise LookupError(f"{letter.task} was replayed already, and has not failed since")
    try:
        dispatch(work)
    except (LookupError, TypeError) as error:
        raise LookupError(f"{letter.task} can't be replayed: {error}") from error
    letters.update(replays=F("replays") + 1, replayed_at=timezone.now())


def _reopen(work: Work) -> None:
    try:
        reopened = lifecycle.replay(work)
    except IntegrityError as error:
        raise LookupError(
            f"{work.label} is not replayed: another one keeps it from being open"
        ) from error
    if not reopened:
        raise LookupError(f"{work.label} is {work.status}, so it is not replayed")
    if isinstance(work, TaskCall):
        # Somebody wants it by now, however late that is.
        work.expires_at = None
        work.save(update_fields=["expires_at"])


def _new_call(letter: DeadLetter) -> TaskCall:
    if registration_of(letter.task):
        raise LookupError(f"{letter.task} has nothing to replay: its row is gone")
    call = TaskCall.of(
        letter.task, letter.args, letter.kwargs, task_id=letter.work_id, **letter.options
    )
    call.save(force_insert=True)
    return call
