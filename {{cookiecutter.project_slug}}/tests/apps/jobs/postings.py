"""Postings to test with."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.models import Job


def posting(**changes: Any) -> dict[str, Any]:
    """What an employer writes."""
    return {
        "title": "Python developer",
        "description": "You write what runs in the background.",
        "location": "Berlin",
        "skills": ["Python", "Celery"],
        "deadline": (timezone.now() + timedelta(days=30)).isoformat(),
    } | changes


def make_job(employer: User, **fields: Any) -> Job:
    """A posting in the database, open for applications unless the fields say otherwise."""
    values: dict[str, Any] = posting() | {"deadline": timezone.now() + timedelta(days=30)}
    return Job.objects.create(employer=employer, **values | fields)


def yesterday() -> Any:
    """A deadline that has passed."""
    return timezone.now() - timedelta(days=1)
