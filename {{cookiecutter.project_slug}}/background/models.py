"""Work as rows: what is to be done, who does it now, and how it ended."""

import traceback
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.db.models.base import ModelBase
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from background.database import patiently, wait_for_database
from background.errors import LeaseLostError
from background.guards import in_transaction
from background.options import eta_of, expiry_of, work_id_of
from background.publishing import Message
from background.registry import find_registration, registration_for, registration_of, task_name
from background.signatures import check_arguments
from background.storable import as_json, storable, storable_text

if TYPE_CHECKING:
    from background.lease import Heartbeat

# The header of a message that tells which attempt at its row it is for, so that whoever can do
# nothing with the message knows that a row stands behind it.
ATTEMPT = "work_attempt"


def lease_end() -> datetime:
    """When a lease taken or renewed now runs out."""
    return timezone.now() + timedelta(seconds=settings.WORK_LEASE_SECONDS)


def first_look() -> datetime:
    """When recovery is to look at a row made now."""
    return timezone.now() + timedelta(seconds=settings.WORK_FIRST_LOOK_SECONDS)


class Work(models.Model):
    """A piece of work that somebody waits for, or that money hangs on.

    A model that inherits from this has one task, declared with `work_task`, and is started with
    `dispatch`. The row is the truth about the work: the broker may lose or double every message.
    The columns of `LIFECYCLE` change by conditional update alone: each move names the state that
    it expects, so that of two processes that try, one succeeds.
    """

    class Status(models.TextChoices):
        """Where a row stands; COMPLETE and FAILED are final."""

        PENDING = "PENDING", "Pending"
        PROCESSING = "PROCESSING", "Processing"
        COMPLETE = "COMPLETE", "Complete"
        FAILED = "FAILED", "Failed"

    # Of a row that something will still change.
    OPEN = (Status.PENDING, Status.PROCESSING)

    LIFECYCLE = frozenset(
        {
            "status",
            "attempts",
            "failures",
            "crashes",
            "dispatches",
            "deferrals",
            "due_at",
            "ready_at",
            "progress_current",
            "progress_total",
            "error",
            "started_at",
            "finished_at",
        }
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    # Claims so far. The number travels in the message and fences every write of its holder.
    attempts = models.PositiveIntegerField(default=0)
    # Attempts that ended in a transient error; these use up the retries.
    failures = models.PositiveIntegerField(default=0)
    # Attempts whose process vanished; counted apart, so that deploys and kills eat no retries.
    crashes = models.PositiveIntegerField(default=0)
    # Messages that recovery sent for the attempt to come.
    dispatches = models.PositiveIntegerField(default=0)
    # Times that the attempt to come could not even be sent, or reached a worker that did not know
    # the task or its arguments; counted apart too, so that a deploy eats no retries.
    deferrals = models.PositiveIntegerField(default=0)
    # When somebody must look at this row again: first look, end of the lease, time of the retry.
    # None while it waits for other work, and once it is final.
    due_at = models.DateTimeField(null=True, blank=True, default=first_look)
    # Since when a worker may take it up: made, handed back, or after the wait of a retry. Unlike
    # `due_at` it stays when a message is sent again.
    ready_at = models.DateTimeField(default=timezone.now)
    progress_current = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    heartbeat: "Heartbeat | None" = None

    class Meta:
        abstract = True
        # Not a partial index: SQLite does not use one when the status is a parameter.
        indexes = (models.Index(fields=["status", "due_at"], name="%(class)s_due"),)

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Save the subject's own columns; of an existing row the lifecycle is left as it stands."""
        if not self._state.adding and not force_insert:
            names = update_fields or [
                f.name for f in self._meta.concrete_fields if not f.primary_key
            ]
            update_fields = set(names) - self.LIFECYCLE
        super().save(
            force_insert=force_insert,
            force_update=force_update,
            using=using,
            update_fields=update_fields,
        )

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.status not in self.OPEN

    @property
    def is_suspect(self) -> bool:
        """Whether so many processes died with it that it may be what kills them."""
        return self.crashes >= settings.WORK_SUSPECT_CRASHES

    @property
    def label(self) -> str:
        """How log lines name the row."""
        return f"{self._meta.label} {self.pk} (attempt {self.attempts})"

    @property
    def retry_policy(self) -> tuple[int, float]:
        """How often it is tried again, and how long after the first failure (seconds)."""
        registration = registration_for(type(self))
        return registration.max_retries, registration.retry_delay

    def next_message(self) -> Message:
        """The nudge for the next attempt. Raises LookupError when the row has no task."""
        task = registration_for(type(self)).task
        attempt = self.attempts + 1
        return Message(task, [str(self.pk), attempt], options={"headers": {ATTEMPT: attempt}})

    def after_failure(self) -> None:
        """Do what its task wants done when the row becomes FAILED, in that transaction."""
        registration = find_registration(type(self))
        if registration and registration.on_failure:
            registration.on_failure(self)

    def bury(self, error: BaseException) -> None:
        """Keep a dead letter of it."""
        args = [str(self.pk), self.attempts]
        DeadLetter.record(self.pk, task_name(type(self)), args, {}, error)

    def ensure_lease(self) -> None:
        """Renew the lease just before a side effect; waits for a database that is away.

        Raises LeaseLostError when the row is somebody else's by now.
        """
        patiently(self.renew_lease)

    def renew_lease(self) -> None:
        """Renew the lease, or fail with the database.

        Raises LeaseLostError when the row is somebody else's by now.
        """
        self.move(due_at=lease_end())

    def report(self, current: int, total: int) -> None:
        """Tell how far the work is, in units of its own; renews the lease, as patiently.

        Raises LeaseLostError when the row is somebody else's by now.
        """
        patiently(
            lambda: self.move(due_at=lease_end(), progress_current=current, progress_total=total)
        )

    @contextmanager
    def completing(self) -> Iterator[Self]:
        """Finish in one short transaction: the row becomes COMPLETE with what the block writes.

        The fence comes first, so the block runs only for the holder of the lease. Raises
        LeaseLostError otherwise, and TransactionManagementError inside another transaction, whose
        locks the heartbeat may wait for. What the block raises leaves the row as it was.
        """
        if in_transaction():
            raise TransactionManagementError(f"{self.label} is not completed inside a transaction")
        if self.heartbeat:
            # It would find the row COMPLETE and report a lease that was never lost.
            self.heartbeat.stop()
        # Within the transaction all of the work would be lost with it.
        wait_for_database()
        before = {name: getattr(self, name) for name in self.LIFECYCLE}
        try:
            with transaction.atomic():
                self.move(**self.completed())
                yield self
        except BaseException:
            vars(self).update(before)
            raise

    @classmethod
    def completed(cls) -> dict[str, Any]:
        """The lifecycle of a row that is COMPLETE from now on."""
        return {
            "status": cls.Status.COMPLETE,
            "error": "",
            "due_at": None,
            "finished_at": timezone.now(),
        }

    def move(self, **changes: Any) -> None:
        """Change the lifecycle as the holder of the row, which its attempt number proves.

        Raises LeaseLostError when the row is somebody else's by now.
        """
        rows = type(self)._default_manager
        held = rows.filter(status=self.Status.PROCESSING, attempts=self.attempts)
        if not self.move_if_in(held, **changes):
            raise LeaseLostError(f"{self.label} is no longer ours")

    def move_if_in(self, rows: "models.QuerySet[Any]", **changes: Any) -> bool:
        """Change the lifecycle if the row is one of `rows` at this moment; whether it was."""
        if not rows.filter(pk=self.pk).update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True


class TaskCall(Work):
    """The call of a task that has no model: a row from the transaction that wants it to its end.

    Its id is the task's id. It is deleted when the task has ended, and kept FAILED as long as its
    dead letter otherwise.
    """

    task = models.CharField(max_length=255)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    # What else Celery is told with each message, such as a queue.
    options = models.JSONField(default=dict)
    # The steps that follow, each with what the one before returned.
    chain = models.JSONField(default=list)
    # From then on nobody wants it any more.
    expires_at = models.DateTimeField(null=True, blank=True)

    # Whether it is to be sent later than now.
    waits = False

    class Meta(Work.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"

    @classmethod
    def of(
        cls,
        task: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        *,
        task_id: uuid.UUID | str | None = None,
        chain: Sequence[Mapping[str, Any]] = (),
        countdown: float | None = None,
        eta: datetime | str | None = None,
        expires: float | datetime | str | None = None,
        **options: Any,
    ) -> Self:
        """The call of a task by name, not saved yet, with Celery's options as far as they are JSON.

        It waits in the database until it is due, and not in a worker.
        """
        due_at = eta_of({"countdown": countdown, "eta": eta})
        call = cls(
            pk=work_id_of(str(task_id)) if task_id else uuid.uuid4(),
            task=task,
            args=list(args),
            kwargs=dict(kwargs),
            options=options,
            chain=list(chain),
            due_at=due_at or first_look(),
            ready_at=due_at or timezone.now(),
            expires_at=expiry_of({"expires": expires}),
        )
        call.waits = due_at is not None
        return call

    @property
    def retry_policy(self) -> tuple[int, float]:
        """That of its task, where the task itself could not say it: it was ended by force."""
        task = current_app.tasks[self.task]
        return task.max_retries or 0, task.default_retry_delay

    def next_message(self) -> Message:
        """The message for the next attempt.

        Raises LookupError when the task is gone, or works on rows of a model's, which no call ends,
        and TypeError when it does not take the arguments.
        """
        task = current_app.tasks.get(self.task)
        if task is None:
            raise LookupError(f"No task is named {self.task} any more")
        if registration_of(self.task):
            raise LookupError(f"{self.task} works on rows: start it with dispatch(row)")
        check_arguments(task, self.args, self.kwargs)
        options = {
            **self.options,
            "task_id": str(self.pk),
            "retries": self.failures,
            "headers": {**self.options.get("headers", {}), ATTEMPT: self.attempts + 1},
        }
        return Message(task, self.args, self.kwargs, options)

    def after_failure(self) -> None:
        """Nobody else has to be told: the dead letter says it."""

    def bury(self, error: BaseException) -> None:
        """Keep a dead letter of it."""
        options = {**self.options, "chain": self.chain} if self.chain else self.options
        DeadLetter.record(self.pk, self.task, self.args, self.kwargs, error, options=options)


class DeadLetter(models.Model):
    """Work that ended in an error nobody expected, kept to be read and replayed."""

    # Of the row that failed, or of the task where no row stood behind the message.
    work_id = models.UUIDField(unique=True)
    task = models.CharField(max_length=255, db_index=True)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    error = models.TextField()
    traceback = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # A replay that fails again is told here and makes no second letter.
    failed_at = models.DateTimeField(db_index=True)
    failures = models.PositiveIntegerField(default=1)
    replays = models.PositiveIntegerField(default=0)
    replayed_at = models.DateTimeField(null=True, blank=True)

    # Nobody has replayed it, or that has failed as well.
    OPEN = models.Q(replayed_at=None) | models.Q(replayed_at__lt=models.F("failed_at"))

    class Meta:
        ordering = ("-failed_at", "-pk")

    def __str__(self) -> str:
        return f"{self.task}: {self.error[:80]}"

    @property
    def is_open(self) -> bool:
        """Whether it is one of OPEN."""
        return self.replayed_at is None or self.replayed_at < self.failed_at

    @classmethod
    def record(
        cls,
        work_id: uuid.UUID,
        task: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        error: BaseException,
        *,
        options: Mapping[str, Any] | None = None,
    ) -> "DeadLetter":
        """Keep a task with its arguments, Celery's options that belong to them, and the error."""
        told = {
            "task": storable_text(task)[:255],
            "args": storable(as_json(args)),
            "kwargs": storable(as_json(kwargs)),
            "options": storable(as_json(options or {})),
            "error": storable_text(str(error)) or type(error).__name__,
            "traceback": storable_text("".join(traceback.format_exception(error))),
            "failed_at": timezone.now(),
        }
        letter, _ = cls.objects.update_or_create(
            work_id=work_id,
            defaults={**told, "failures": models.F("failures") + 1},
            create_defaults=told,
        )
        return letter


class LastTick(models.Model):
    """The last tick of an entry of the schedule that a Beat has claimed."""

    entry = models.CharField(max_length=255, unique=True)
    # Not when a Beat looked but when the tick was due; at first, when the entry was first seen.
    scheduled_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("entry",)

    def __str__(self) -> str:
        return f"{self.entry}: {self.scheduled_at}"


class Sending(models.Model):
    """An effect on somebody that must not happen twice: a row of the sent log."""

    # Goes along to the far end, which can tell a repetition by it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    # What it is about, by kind and id, such as "application:12".
    object = models.CharField(max_length=128)
    recipient = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # Until then whoever sends it keeps others from doing so too.
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "object", "recipient"], name="sending_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} about {self.object} to {self.recipient}"


def work_models() -> list[type[Work]]:
    """Every model of the project whose rows are work."""
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, Work)]


def find_work(pk: uuid.UUID | str, **conditions: Any) -> Work | None:
    """The row of that id that meets the conditions, of whichever kind.

    Row ids are UUIDs, so one address serves all kinds.
    """
    found = (model._default_manager.filter(pk=pk, **conditions).first() for model in work_models())
    return next((work for work in found if work), None)
