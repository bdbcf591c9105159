"""Putting postings on the front page."""

from django.utils import timezone

from apps.jobs import cache
from apps.jobs.models import Job


def feature(job: Job) -> None:
    """Show a posting among the featured ones, with the caller's transaction."""
    Job.objects.filter(pk=job.pk).update(is_featured=True, updated_at=timezone.now())
    cache.forget_on_commit(job.pk, job.employer_id)
