"""The applications of the demo, and what their people were told of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from apps.applications import announcements
from apps.applications.models import Application
from apps.demo.history import insert
from apps.demo.postings import end_of
from apps.jobs.models import Job
from apps.notifications.models import Notification
from apps.notifications.notices import Channel, Notice, tell
from apps.resumes.models import Resume

EACH = 10  # of every seeker
# Younger ones wait for an answer; the others got one of these, some more often than others.
UNANSWERED = timedelta(days=5)
Status = Application.Status
ANSWERS = {
    Status.REVIEWED: 5,
    Status.INTERVIEW_SCHEDULED: 3,
    Status.OFFERED: 2,
    Status.HIRED: 1,
    Status.REJECTED: 5,
    Status.WITHDRAWN: 1,
}
# How far back people were told of something, and what of it they have not read yet.
TOLD = timedelta(days=7)
UNREAD = timedelta(days=2)


def make_applications(
    random: Random, jobs: Sequence[Job], resumes: Sequence[Resume], now: datetime
) -> list[Application]:
    """What seekers with these resumes applied for, not saved yet: jobs that ask what they know."""
    return [
        _make_application(random, job, resume, now)
        for resume in resumes
        for job in random.sample(_suitable(jobs, resume.parsed_data), EACH)
    ]


def save(applications: Sequence[Application]) -> None:
    """Save applications, and in the rows of their postings how many there are."""
    insert(applications)
    same_job = Application.objects.filter(job=OuterRef("pk")).order_by().values("job")
    numbers = same_job.annotate(number=Count("pk")).values("number")
    jobs = Job.objects.filter(pk__in={application.job_id for application in applications})
    jobs.update(application_count=Subquery(numbers))


def tell_in_the_app(applications: Sequence[Application], now: datetime) -> None:
    """Tell employers and seekers what happened lately, over no channel that leaves the site."""
    since = now - TOLD
    lately = {each.pk: each for each in applications if each.updated_at > since}
    news = [notice for each in lately.values() for notice in _news_of(each, since)]
    tell([replace(notice, channels=frozenset({Channel.IN_APP})) for notice in news])
    notifications = list(Notification.objects.filter(data__application__in=list(lately)))
    for notification in notifications:
        _date(notification, lately[notification.data["application"]], now)
    Notification.objects.bulk_update(notifications, ["created_at", "read_at"])


def _make_application(random: Random, job: Job, resume: Resume, now: datetime) -> Application:
    made = job.created_at + random.random() * (end_of(job, now) - job.created_at)
    application = Application(
        job=job, seeker=resume.owner, resume=resume, created_at=made, updated_at=made
    )
    if made < now - UNANSWERED:
        [application.status] = random.choices(list(ANSWERS), list(ANSWERS.values()))
        application.updated_at = made + random.random() * (now - made)
    return application


def _suitable(jobs: Sequence[Job], parsed_data: Any) -> list[Job]:
    known = set(parsed_data["skills"])
    return [job for job in jobs if known.intersection(job.skills)]


def _news_of(application: Application, since: datetime) -> list[Notice]:
    news = []
    if application.created_at > since:
        news += announcements.new_application(application.pk)
    if application.updated_at > since and application.status in announcements.STATUS_NEWS:
        news += announcements.status_change(application.pk, application.status)
    return news


def _date(notification: Notification, application: Application, now: datetime) -> None:
    """Date a notification back to what it tells of."""
    is_new = notification.kind == "application.new"
    notification.created_at = application.created_at if is_new else application.updated_at
    if notification.created_at < now - UNREAD:
        notification.read_at = notification.created_at + timedelta(hours=8)
