"""What people are told about postings."""

from collections.abc import Iterable

from apps.jobs.models import Job
from apps.notifications.notices import Channel, Notice
from apps.webhooks.events import Event, Happening


def expired(job_ids: Iterable[int]) -> list[Notice]:
    """The news of expired postings for their employers, in the app and by mail."""
    jobs = Job.objects.filter(pk__in=job_ids, status=Job.Status.EXPIRED)
    return [
        Notice(
            user_id=job.employer_id,
            kind="job.expired",
            # With the deadline, since a posting that was extended expires anew.
            about=f"job:{job.pk}:{job.deadline.isoformat()}",
            title="Your posting has expired",
            body=f"{job.title} takes no more applications. Set a new deadline to show it again.",
            data={"job": job.pk},
            channels=frozenset({Channel.IN_APP, Channel.MAIL}),
        )
        for job in jobs
    ]


def expiries(jobs: Iterable[Job]) -> list[Happening]:
    """The expiry of postings for the servers of their employers."""
    return [Happening(Event.JOB_EXPIRED, job.employer_id, {"job": job.pk}) for job in jobs]


def matching(job_id: int, seeker_ids: Iterable[int]) -> list[Notice]:
    """The news of a new posting for the seekers it is for, in the app alone."""
    job = Job.objects.active().filter(pk=job_id).first()
    if job is None:
        return []
    return [
        Notice(
            user_id=seeker_id,
            kind="job.matching",
            about=f"job:{job.pk}",
            title="A new job for you",
            body=f"{job.title}, {job.location}",
            data={"job": job.pk},
            channels=frozenset({Channel.IN_APP}),
        )
        for seeker_id in seeker_ids
    ]
