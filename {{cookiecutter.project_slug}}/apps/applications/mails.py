"""The mail about an application; its text stands in templates/mails."""

from apps.applications.models import Application
from background.mail import send_mail_once


def send_confirmation(application_id: int) -> None:
    """Tell a seeker that the application has arrived; nothing when it is gone by now."""
    application = (
        Application.objects.select_related("seeker", "job")
        .filter(pk=application_id, seeker__is_active=True)
        .first()
    )
    if application is None:
        return
    send_mail_once(
        kind="application_confirmation",
        about=f"application:{application.pk}",
        to=application.seeker.email,
        context={"name": application.seeker.get_full_name(), "job": application.job.title},
    )
