"""What a request may ask for."""

from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.applications import pages
from apps.applications.models import Application
from apps.applications.tasks import (
    notify_employer_new_application,
    send_application_confirmation,
    send_status_change_notification,
)
from apps.audit.services import record
from apps.jobs import statistics
from apps.jobs.models import Job
from apps.jobs.tasks import update_application_count
from apps.notifications.tasks import notify_in_app
from apps.resumes.models import Resume
from apps.webhooks.events import Event, announce
from fastdata.rate_limits import RateLimit, take_from_window

ACCEPTED_PER_USER = RateLimit(amount=10, seconds=3600)


class NotAllowedError(Exception):
    """The application can't be made; the text says why, and `field` what it is about."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class TooManyApplicationsError(Exception):
    """The user has applied too often lately, and may again in `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = wait


class IllegalStatusChangeError(Exception):
    """No way leads from where the application stands to the status that was asked for."""


def apply(seeker: User, *, job: Job, resume: Resume) -> Application:
    """Apply for a job; seeker and employer hear of it after commit.

    Raises NotAllowedError, and TooManyApplicationsError.
    """
    if not job.takes_applications:
        raise NotAllowedError("job", "This job takes no more applications.")
    if resume.status == Resume.Status.FAILED:
        raise NotAllowedError("resume", "This resume could not be read: choose another one.")
    try:
        with transaction.atomic():
            application = Application.objects.create(job=job, seeker=seeker, resume=resume)
            # Last among the checks, so that only accepted applications count.
            _take_from_limit(seeker)
            _accept(application)
    except IntegrityError as error:
        raise NotAllowedError("job", "You have applied for this job already.") from error
    return application


@transaction.atomic
def change_status(application: Application, status: str, employer: User) -> Application:
    """Move an application on; the seeker hears of it after commit.

    Raises IllegalStatusChangeError.
    """
    _move(application, status)
    record(employer, "application.status", f"application:{application.pk}", status=status)
    send_status_change_notification.delay_on_commit(application.pk, status)
    announce(
        Event.APPLICATION_STATUS_CHANGED,
        application.seeker_id,
        {"application": application.pk, "job": application.job_id, "status": status},
    )
    return application


@transaction.atomic
def withdraw(application: Application) -> Application:
    """Take back one's application; the employer reads of it in the app.

    Raises IllegalStatusChangeError when it has been decided on.
    """
    _move(application, Application.Status.WITHDRAWN)
    about = f"application:{application.pk}"
    record(application.seeker, "application.withdrawn", about)
    notify_in_app.enqueue(
        user_id=application.job.employer_id,
        kind="application.withdrawn",
        about=about,
        title="An application was withdrawn",
        body=f"{application.seeker.get_full_name()} is out of {application.job.title}.",
        data={"application": application.pk, "job": application.job_id},
    )
    return application


def _take_from_limit(seeker: User) -> None:
    wait = take_from_window(ACCEPTED_PER_USER, "applications", str(seeker.pk))
    if wait:
        raise TooManyApplicationsError(wait)


def _accept(application: Application) -> None:
    job = application.job
    record(application.seeker, "application.made", f"application:{application.pk}", job=job.pk)
    send_application_confirmation.enqueue(application.pk)
    update_application_count.enqueue(job.pk)
    notify_employer_new_application.delay_on_commit(application.pk)
    announce(
        Event.APPLICATION_RECEIVED,
        job.employer_id,
        {"application": application.pk, "job": job.pk},
    )
    statistics.expect_application(job.pk)
    transaction.on_commit(
        partial(statistics.count_application, job.pk, job.employer_id), robust=True
    )
    _make_pages_stale(job.pk)


def _move(application: Application, status: str) -> None:
    """Change the status by conditional update, so that of two changes at once one is refused."""
    moved = Application.objects.filter(
        pk=application.pk, status__in=Application.COMES_FROM[Application.Status(status)]
    ).update(status=status, updated_at=timezone.now())
    application.refresh_from_db(fields=["status", "updated_at"])
    if not moved:
        raise IllegalStatusChangeError(
            f"An application that is {application.status} can't become {status}."
        )
    _make_pages_stale(application.job_id)


def _make_pages_stale(job_id: int) -> None:
    transaction.on_commit(partial(pages.make_stale, job_id), robust=True)
