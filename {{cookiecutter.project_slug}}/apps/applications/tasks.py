"""What follows an application and its answers."""

from celery import shared_task
from django.tasks import task

from apps.applications import announcements, mails
from apps.notifications.notices import tell
from background.task import BackgroundTask


@task()
def send_application_confirmation(application_id: int) -> None:
    """Confirm an application to its seeker."""
    mails.send_confirmation(application_id)


@shared_task(base=BackgroundTask)
def notify_employer_new_application(application_id: int) -> None:
    """Tell an employer of an application, in the ways that the employer wants."""
    tell(announcements.new_application(application_id))


@shared_task(base=BackgroundTask)
def send_status_change_notification(application_id: int, status: str) -> None:
    """Tell a seeker of a new status, in the ways that the seeker wants."""
    tell(announcements.status_change(application_id, status))
