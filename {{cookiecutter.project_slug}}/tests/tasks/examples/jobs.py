"""Postings: the seekers they are for, and the employers of those that are over."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.jobs.models import Job, SearchQuery
from apps.jobs.tasks import (
    expire_old_job_postings,
    log_search,
    notify_employer_job_expired,
    start_matching,
    tell_matching_seekers,
    update_application_count,
)
from apps.notifications.models import Notification
from apps.resumes.models import Wishes
from background.models import TaskCall, Work
from tests.apps.applications.making import make_application
from tests.apps.jobs.postings import make_job, yesterday
from tests.apps.people import make_user
from tests.tasks.example import Example, FarEnds, LightExample, call

SEEKER, EMPLOYER = "seeker@example.org", "employer@example.org"


def find_seekers(far: FarEnds) -> Work:
    """A new posting, and a seeker whom it is for."""
    start_matching.call(*match())
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


def match() -> list[int]:
    """A new posting, and a seeker whom it is for."""
    Wishes.objects.create(owner=make_user(SEEKER, "seeker"), skills=["Python"])
    return [post().pk]


def search() -> list[Any]:
    """What somebody has searched for."""
    return [str(uuid4()), None, "python", 3, timezone.now().isoformat()]


def count() -> list[int]:
    """A posting with an application that is not counted yet."""
    job = post()
    make_application(job, make_user(SEEKER, "seeker"))
    return [job.pk]


def news(far: FarEnds) -> int:
    """How often the seeker was told of the posting."""
    return Notification.objects.filter(kind="job.matching").count()


def post(**fields: object) -> Job:
    """A posting of the employer's."""
    return make_job(make_user(EMPLOYER, "employer"), **fields)


EXAMPLES = [
    Example(
        task="apps.jobs.tasks.find_matching_seekers",
        make=find_seekers,
        effects=news,
    ),
    Example(
        task="apps.jobs.tasks.tell_matching_seekers",
        make=tell_seekers,
        effects=news,
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

LIGHT_EXAMPLES = [
    LightExample(task=start_matching, make=match, effects=news),
    LightExample(task=log_search, make=search, effects=lambda _: SearchQuery.objects.count()),
    LightExample(
        task=update_application_count,
        make=count,
        effects=lambda _: Job.objects.get().application_count,
    ),
]
