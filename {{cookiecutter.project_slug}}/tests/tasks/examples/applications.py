"""Applications: both sides hear of them, by mail among other ways."""

from apps.applications.models import Application
from apps.applications.tasks import (
    notify_employer_new_application,
    send_application_confirmation,
    send_status_change_notification,
)
from background.models import Work
from tests.apps.applications.making import make_application
from tests.apps.jobs.postings import make_job
from tests.apps.people import make_user
from tests.tasks.example import Example, FarEnds, LightExample, call

SEEKER, EMPLOYER = "seeker@example.org", "employer@example.org"


def tell_employer(far: FarEnds) -> Work:
    """An application that has just been made."""
    return call(notify_employer_new_application, apply().pk)


def tell_seeker(far: FarEnds) -> Work:
    """An application that has just been read."""
    return call(send_status_change_notification, apply().pk, Application.Status.REVIEWED)


def confirm() -> list[int]:
    """An application that has just been made."""
    return [apply().pk]


def apply() -> Application:
    """An application, of which nobody was told."""
    job = make_job(make_user(EMPLOYER, "employer"))
    return make_application(job, make_user(SEEKER, "seeker"))


EXAMPLES = [
    Example(
        task="apps.applications.tasks.notify_employer_new_application",
        make=tell_employer,
        effects=lambda far: len(far.mailbox.to(EMPLOYER)),
    ),
    Example(
        task="apps.applications.tasks.send_status_change_notification",
        make=tell_seeker,
        effects=lambda far: len(far.mailbox.to(SEEKER)),
    ),
]

LIGHT_EXAMPLES = [
    LightExample(
        task=send_application_confirmation,
        make=confirm,
        effects=lambda far: len(far.mailbox.to(SEEKER)),
    ),
]
