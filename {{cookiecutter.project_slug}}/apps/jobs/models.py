"""Job postings, and what people searched for."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone


class JobQuerySet(models.QuerySet["Job"]):
    """Postings by where they stand."""

    def active(self) -> Self:
        """Those that are shown in lists."""
        return self.filter(status=Job.Status.ACTIVE)

    def overdue(self) -> Self:
        """Those still shown although their deadline has passed."""
        return self.active().filter(deadline__lte=timezone.now())


class Job(models.Model):
    """A posting of an employer."""

    class Status(models.TextChoices):
        """Where a posting stands: shown, over, or taken back by its employer."""

        ACTIVE = "ACTIVE", "Active"
        EXPIRED = "EXPIRED", "Expired"
        CLOSED = "CLOSED", "Closed"

    employer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs"
    )
    title = models.CharField(max_length=200)
    description = models.TextField()
    location = models.CharField(max_length=100)
    skills = models.JSONField(default=list, blank=True)
    deadline = models.DateTimeField(help_text="Applications are taken until then.")
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    is_featured = models.BooleanField("featured", default=False)
    application_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Brought up to date after each application."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["status", "-created_at"], name="job_newest"),
            models.Index(fields=["status", "deadline"], name="job_deadline"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def takes_applications(self) -> bool:
        """Whether one may apply now; between the deadline and the night it is still ACTIVE."""
        return self.status == self.Status.ACTIVE and self.deadline > timezone.now()


class SearchQuery(models.Model):
    """A search that somebody made, for those who want to know what people look for."""

    # Made before the row is written, so that a task run twice writes it once.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.CharField(max_length=100)
    results = models.PositiveIntegerField(help_text="How many postings were found.")
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-at",)
        verbose_name_plural = "search queries"

    def __str__(self) -> str:
        return self.text
