"""The audit log."""

from uuid import uuid4

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """Something that somebody did; never changed."""

    # Made before the entry is written, so that a task run twice writes it once.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    action = models.CharField(max_length=64, db_index=True)
    about = models.CharField(max_length=128, db_index=True, help_text="Such as job:12.")
    details = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-at",)
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.about}"
