"""A resume's steps; each ends with what its seeker hears."""

from django.core.files.base import ContentFile

from apps.notifications.models import Notification
from apps.resumes.models import Resume, VirusScan
from apps.resumes.tasks import notify_seeker_resume_ready
from background.models import Work
from tests.apps.applications.making import make_resume
from tests.apps.people import make_user
from tests.apps.resumes.files import TEXT
from tests.tasks.example import Example, FarEnds, call


def scan(far: FarEnds) -> Work:
    """An upload whose scan was just ordered."""
    resume = upload(due_at=None)
    return VirusScan.objects.create(owner=resume.owner, resume=resume)


def parse(far: FarEnds) -> Work:
    """An upload that is clean."""
    return upload()


def tell(far: FarEnds) -> Work:
    """A resume that was read."""
    resume = make_resume(make_user("seeker@example.org", "seeker"))
    return call(notify_seeker_resume_ready, str(resume.pk))


def upload(**columns: object) -> Resume:
    """A resume that nobody has looked at."""
    resume = Resume(
        owner=make_user("seeker@example.org", "seeker"),
        kind=Resume.Kind.TEXT,
        filename="cv.txt",
        size=len(TEXT),
        **columns,
    )
    resume.file.save(resume.filename, ContentFile(TEXT))
    return resume


def news(far: FarEnds) -> int:
    """How often the seeker was told that it is ready."""
    return Notification.objects.filter(kind="resume.ready").count()


EXAMPLES = [
    Example(task="apps.resumes.tasks.scan_resume", make=scan, effects=news),
    Example(task="apps.resumes.tasks.parse_and_score_resume", make=parse, effects=news),
    Example(task="apps.resumes.tasks.notify_seeker_resume_ready", make=tell, effects=news),
]
