"""What happens to postings in the background."""

import logging
from collections.abc import Sequence
from itertools import batched

from celery import shared_task
from django.db import transaction
from django.tasks import task

from apps.jobs import announcements, cache, expiry, matching, statistics
from apps.notifications.notices import tell
from apps.webhooks.events import announce_all
from background.dispatch import chain_on_commit, group_on_commit
from background.task import BackgroundTask

logger = logging.getLogger(__name__)

# Employers told by one message: many enough to be few messages, few enough to share the work.
CHUNK = 50


@task()
def log_search(entry_id: str, user_id: int | None, text: str, results: int, at: str) -> None:
    """Note what somebody searched for; `at` is when, as ISO 8601."""
    from apps.jobs.models import SearchQuery

    values = {"user_id": user_id, "text": text, "results": results, "at": at}
    SearchQuery.objects.get_or_create(pk=entry_id, defaults=values)


@task()
def update_application_count(job_id: int) -> None:
    """Bring the number of applications in a posting's row up to date."""
    with transaction.atomic():
        statistics.store_application_count(job_id)


@task()
def start_matching(job_id: int) -> None:
    """Start the search for seekers: written with the posting, so it happens if that does."""
    chain_on_commit(find_matching_seekers.s(job_id), tell_matching_seekers.s(job_id))


@shared_task(base=BackgroundTask)
def find_matching_seekers(job_id: int) -> list[int]:
    """Find the seekers that a posting is for; their ids go to the next step."""
    return matching.matching_seekers(job_id)


@shared_task(base=BackgroundTask)
def tell_matching_seekers(seeker_ids: Sequence[int], job_id: int) -> None:
    """Tell seekers of a posting that is for them."""
    tell(announcements.matching(job_id, seeker_ids))


@shared_task(base=BackgroundTask, soft_time_limit=840, time_limit=900)
def expire_old_job_postings() -> None:
    """Close every posting whose deadline has passed, and have the employers told."""
    total = 0
    while expired := _expire_batch():
        total += expired
    cache.forget_lists()
    logger.info("%d postings expired", total)


@shared_task(base=BackgroundTask)
def notify_employer_job_expired(job_ids: Sequence[int]) -> None:
    """Tell the employers of some expired postings, each of each posting once."""
    tell(announcements.expired(job_ids))


def _expire_batch() -> int:
    with transaction.atomic():
        jobs = expiry.expire_some()
        announce_all(announcements.expiries(jobs))
        chunks = batched((job.pk for job in jobs), CHUNK)
        group_on_commit(notify_employer_job_expired.s(chunk) for chunk in chunks)
    cache.forget_jobs((job.pk for job in jobs), {job.employer_id for job in jobs})
    return len(jobs)
