"""What people left behind on the board of the demo: the audit log, searches and looks."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Profile
from apps.applications.models import Application
from apps.audit.models import AuditEntry
from apps.demo.content import SEARCHES
from apps.jobs import searches, statistics
from apps.jobs.models import Job, SearchQuery
from fastdata import counters, unique_counts

# Each seeker has searched so often within so many days, and each posting was seen by so many.
SEARCHES_EACH = 5
SEARCHED = 30
VIEWERS = 4


def log(jobs: Iterable[Job], applications: Iterable[Application]) -> None:
    """Write the audit log of the postings and applications."""
    posted = [
        AuditEntry(
            actor=job.employer, action="job.posted", about=f"job:{job.pk}", at=job.created_at
        )
        for job in jobs
    ]
    made = [
        AuditEntry(
            actor=application.seeker,
            action="application.made",
            about=f"application:{application.pk}",
            details={"job": application.job_id},
            at=application.created_at,
        )
        for application in applications
    ]
    AuditEntry.objects.bulk_create([*posted, *made])


def search(random: Random, seekers: Iterable[Profile], now: datetime) -> None:
    """Let seekers have searched; after commit each of them finds the searches again."""
    results = {text: searches.find(text).count() for text in SEARCHES}
    queries = []
    for seeker in seekers:
        texts = random.sample(SEARCHES, SEARCHES_EACH)
        days_ago = sorted((random.uniform(0, SEARCHED) for _ in texts), reverse=True)
        queries += [
            SearchQuery(
                user=seeker.user, text=text, results=results[text], at=now - timedelta(days=days)
            )
            for text, days in zip(texts, days_ago, strict=True)
        ]
        transaction.on_commit(partial(_remember, seeker.user.pk, texts), robust=True)
    SearchQuery.objects.bulk_create(queries)


def look(random: Random, jobs: Iterable[Job], seekers: Sequence[Profile]) -> None:
    """Count after commit who looked at the postings of these days."""
    shown = [job for job in jobs if job.status == Job.Status.ACTIVE]
    transaction.on_commit(partial(_count_views, random, shown, seekers), robust=True)


def _remember(user_id: int, texts: Iterable[str]) -> None:
    for text in texts:
        searches.remember(user_id, text)


def _count_views(random: Random, jobs: Iterable[Job], seekers: Sequence[Profile]) -> None:
    today = timezone.localdate()
    for job in jobs:
        age = (today - timezone.localdate(job.created_at)).days
        days_shown = min(age + 1, statistics.DAYS_SHOWN)
        for seeker in random.sample(seekers, VIEWERS):
            day = today - timedelta(days=random.randrange(days_shown))
            counters.increment(statistics.views_key(job.pk, day), ttl=statistics.VIEWS_SECONDS)
            unique_counts.see(
                statistics.viewers_key(job.pk),
                f"user:{seeker.user_id}",
                ttl=statistics.VIEWERS_SECONDS,
            )
