"""What a request may ask for."""

from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Profile, User
from apps.audit.services import record
from apps.jobs import cache, matching, searches, statistics
from apps.jobs.models import Job
from apps.jobs.tasks import log_search, start_matching
from fastdata import flags


class JobClosedError(Exception):
    """The posting was taken back for good."""


@transaction.atomic
def post(employer: User, **fields: Any) -> Job:
    """Publish a posting; seekers whom it is for hear of it."""
    job = Job.objects.create(employer=employer, **fields)
    record(employer, "job.posted", f"job:{job.pk}")
    if flags.is_enabled(matching.FLAG):
        start_matching.enqueue(job.pk)
    cache.forget_on_commit(job.pk, job.employer_id)
    return job


@transaction.atomic
def edit(job_id: int, editor: User, **changes: Any) -> Job:
    """Change a posting; one that has expired is shown again when its deadline is in the future.

    Raises JobClosedError.
    """
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.status == Job.Status.CLOSED:
        raise JobClosedError
    for name, value in changes.items():
        setattr(job, name, value)
    if job.status == Job.Status.EXPIRED and job.deadline > timezone.now():
        job.status = Job.Status.ACTIVE
    job.save()
    record(editor, "job.edited", f"job:{job.pk}", fields=sorted(changes))
    cache.forget_on_commit(job.pk, job.employer_id)
    return job


@transaction.atomic
def close(job_id: int, editor: User) -> Job:
    """Take a posting back for good; closing it twice changes nothing."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.status == Job.Status.CLOSED:
        return job
    job.status = Job.Status.CLOSED
    job.save()
    record(editor, "job.closed", f"job:{job.pk}")
    cache.forget_on_commit(job.pk, job.employer_id)
    return job


@transaction.atomic
def note_search(user: User | None, text: str, results: int) -> None:
    """Remember a search for its user, and log it."""
    user_id = user.pk if user else None
    log_search.enqueue(str(uuid4()), user_id, text, results, timezone.now().isoformat())
    if user_id:
        transaction.on_commit(partial(searches.remember, user_id, text), robust=True)


def active_jobs_of(employer_id: int) -> int:
    """How many active postings an employer has, cache first."""
    active = Job.objects.active().filter(employer_id=employer_id)
    return cache.active_jobs(employer_id, active.count)


def leaderboard() -> list[dict[str, Any]]:
    """The employers with most applications, most first."""
    leaders = statistics.leading_employers()
    names = dict(
        Profile.objects.filter(user__in=[pk for pk, _ in leaders]).values_list(
            "user_id", "full_name"
        )
    )
    return [
        {"id": pk, "name": names[pk], "applications": number}
        for pk, number in leaders
        if pk in names
    ]
