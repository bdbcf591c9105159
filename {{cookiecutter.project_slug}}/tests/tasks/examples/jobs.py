"""Postings: the seekers they are for, and the employers of those that are over."""

from apps.jobs.models import Job
from apps.jobs.tasks import (
    expire_old_job_postings,
    notify_employer_job_expired,
    start_matching,
    tell_matching_seekers,
)
from apps.notifications.models import Notification
from apps.resumes.models import Wishes
from background.models import TaskCall, Work
from tests.apps.jobs.postings import make_job, yesterday
from tests.apps.people import make_user
from tests.tasks.example import Example, FarEnds, call

SEEKER, EMPLOYER = "seeker@example.org", "employer@example.org"


def find_seekers(far: FarEnds) -> Work:
    """A new posting, and a seeker whom it is for."""
    seeker = make_user(SEEKER, "seeker")
    Wishes.objects.create(owner=seeker, skills=["Python"])
    start_matching.call(post().pk)
    return TaskCall.objects.get()


def tell_seekers(far: FarEnds) -> Work:
    """A new posting, for which a seeker was found."""
    seeker = make_user(SEEKER, "seeker")
    return call(tell_matching_seekers, [seeker.pk], post().pk)


def expire(far: FarEnds) -> Work:
    """A posting whose deadline has passed."""
    post(deadline=yesterday())
    return call(expire_old_job_postings)


def tell_employers(far: FarEnds) -> Work:
    """A posting that has expired."""
    job = post(deadline=yesterday(), status=Job.Status.EXPIRED)
    return call(notify_employer_job_expired, [job.pk])


def post(**fields: object) -> Job:
    """A posting of the employer's."""
    return make_job(make_user(EMPLOYER, "employer"), **fields)


EXAMPLES = [
    Example(
        task="apps.jobs.tasks.find_matching_seekers",
        make=find_seekers,
        effects=lambda _: Notification.objects.filter(kind="job.matching").count(),
    ),
    Example(
        task="apps.jobs.tasks.tell_matching_seekers",
        make=tell_seekers,
        effects=lambda _: Notification.objects.filter(kind="job.matching").count(),
    ),
    Example(
        task="apps.jobs.tasks.expire_old_job_postings",
        make=expire,
        effects=lambda far: len(far.mailbox.to(EMPLOYER)),
    ),
    Example(
        task="apps.jobs.tasks.notify_employer_job_expired",
        make=tell_employers,
        effects=lambda far: len(far.mailbox.to(EMPLOYER)),
    ),
]
