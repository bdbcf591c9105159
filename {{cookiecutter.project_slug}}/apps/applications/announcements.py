"""What people are told about applications."""

from apps.applications.models import Application
from apps.notifications.notices import Notice

STATUS_NEWS = {
    Application.Status.REVIEWED: "Your application was read",
    Application.Status.INTERVIEW_SCHEDULED: "You are invited to an interview",
    Application.Status.OFFERED: "You have an offer",
    Application.Status.HIRED: "You are hired",
    Application.Status.REJECTED: "Your application was rejected",
}


def new_application(application_id: int) -> list[Notice]:
    """The news of an application for the employer; none when it is gone by now."""
    application = _find(application_id)
    if application is None:
        return []
    seeker = application.seeker.get_full_name()
    return [
        Notice(
            user_id=application.job.employer_id,
            kind="application.new",
            about=f"application:{application.pk}",
            title="A new application",
            body=f"{seeker} applied for {application.job.title}.",
            data={"application": application.pk, "job": application.job_id},
        )
    ]


def status_change(application_id: int, status: str) -> list[Notice]:
    """The news of a status for the seeker; none when the application is gone by now.

    The status is the one that was set then: it may have changed again.
    """
    application = _find(application_id)
    if application is None:
        return []
    return [
        Notice(
            user_id=application.seeker_id,
            kind="application.status",
            about=f"application:{application.pk}:{status}",
            title=STATUS_NEWS[Application.Status(status)],
            body=application.job.title,
            data={
                "application": application.pk,
                "job": application.job_id,
                "status": status,
            },
        )
    ]


def _find(application_id: int) -> Application | None:
    applications = Application.objects.select_related("job", "seeker")
    return applications.filter(pk=application_id).first()
