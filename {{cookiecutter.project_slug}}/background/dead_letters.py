"""Starting again what ended as a dead letter, once the reason is gone."""

from celery import current_app
from django.db.models import F
from django.utils import timezone

from background import lifecycle
from background.dispatch import dispatch
from background.models import DeadLetter, find_work
from background.publishing import publish
from background.registry import registration_of


def replay(letter: DeadLetter) -> None:
    """Start the work of a letter again: a row from the row, anything else from its arguments.

    Raises LookupError when there is nothing to start (the row is gone or not FAILED, the task has
    another name by now), and BrokerUnavailableError when the broker does not take it.
    """
    if registration_of(letter.task):
        _replay_row(letter)
    else:
        _replay_message(letter)
    DeadLetter.objects.filter(pk=letter.pk).update(
        replays=F("replays") + 1, replayed_at=timezone.now()
    )


def _replay_row(letter: DeadLetter) -> None:
    work = find_work(letter.args[0])
    if work is None:
        raise LookupError(f"{letter.task} has nothing to replay: its row is gone")
    if not lifecycle.replay(work):
        raise LookupError(f"{work.label} is {work.status}, so it is not replayed")
    dispatch(work)


def _replay_message(letter: DeadLetter) -> None:
    task = current_app.tasks.get(letter.task)
    if task is None:
        raise LookupError(f"{letter.task} can't be replayed: no task has this name any more")
    publish(task, letter.args, letter.kwargs, **letter.options)
