"""Resumes, the virus scans they wait for, and what their seekers wish for."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from background.models import Work


def unguessable_path(resume: "Resume", filename: str) -> str:
    """Where a file is stored: nothing of the path comes from the one who uploaded it."""
    return f"resumes/{uuid4()}.{resume.kind}"


class Resume(Work):
    """An uploaded resume; the work is to parse and score it."""

    class Kind(models.TextChoices):
        """What a file is, by its content; the value is also its extension."""

        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"
        TEXT = "txt", "text"

    # Unlike other work, a resume is always somebody's.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="resumes"
    )
    file = models.FileField(upload_to=unguessable_path, blank=True)
    filename = models.CharField(max_length=255, help_text="As it was called when uploaded.")
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.PositiveIntegerField(help_text="In bytes.")
    parsed_data = models.JSONField(null=True, blank=True)
    match_score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)]
    )

    class Meta(Work.Meta):
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.filename} ({self.status})"


class VirusScan(Work):
    """The scan that a resume waits for."""

    resume = models.ForeignKey(Resume, on_delete=models.CASCADE, related_name="scans")
    threat = models.CharField(max_length=255, blank=True, help_text="Empty when none was found.")

    def __str__(self) -> str:
        return f"Scan of {self.resume_id} ({self.status})"


class Wishes(models.Model):
    """What a seeker wants to be matched with."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    skills = models.JSONField(default=list, blank=True)
    years = models.PositiveSmallIntegerField(default=0, help_text="Years of experience wished for.")

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return f"{', '.join(self.skills)}; {self.years} years"
