"""Applications, and the way they go."""

from django.conf import settings
from django.db import models

from apps.jobs.models import Job
from apps.resumes.models import Resume


class Application(models.Model):
    """A seeker's application to a job: business, and no work that anybody waits for."""

    class Status(models.TextChoices):
        """Where an application stands; the last three are final."""

        PENDING = "PENDING", "Pending"
        REVIEWED = "REVIEWED", "Reviewed"
        INTERVIEW_SCHEDULED = "INTERVIEW_SCHEDULED", "Interview scheduled"
        OFFERED = "OFFERED", "Offered"
        HIRED = "HIRED", "Hired"
        REJECTED = "REJECTED", "Rejected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    OPEN = (Status.PENDING, Status.REVIEWED, Status.INTERVIEW_SCHEDULED, Status.OFFERED)
    # From where each status is reached.
    COMES_FROM = {
        Status.PENDING: (),
        Status.REVIEWED: (Status.PENDING,),
        Status.INTERVIEW_SCHEDULED: (Status.REVIEWED,),
        Status.OFFERED: (Status.INTERVIEW_SCHEDULED,),
        Status.HIRED: (Status.OFFERED,),
        Status.REJECTED: OPEN,
        Status.WITHDRAWN: OPEN,
    }

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="applications")
    seeker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="applications"
    )
    resume = models.ForeignKey(Resume, on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["job", "seeker"], name="one_application_per_job"),
        )
        indexes = (models.Index(fields=["job", "-created_at"], name="application_newest"),)

    def __str__(self) -> str:
        return f"Application {self.pk} ({self.status})"
