"""Resumes and applications to test with."""

from typing import Any

from apps.accounts.models import User
from apps.applications.models import Application
from apps.jobs.models import Job
from apps.resumes.models import Resume

APPLICATIONS = "/api/v1/applications/"


def make_resume(owner: User, **fields: Any) -> Resume:
    """A resume in the database, read unless the fields say otherwise."""
    values: dict[str, Any] = {
        "filename": "cv.pdf",
        "kind": Resume.Kind.PDF,
        "size": 1000,
        "status": Resume.Status.COMPLETE,
        "due_at": None,
        "parsed_data": {"skills": ["Python"]},
    }
    return Resume.objects.create(owner=owner, **values | fields)


def make_application(job: Job, seeker: User, **fields: Any) -> Application:
    """An application in the database, of which nobody was told."""
    return Application.objects.create(job=job, seeker=seeker, **fields)


def answers(job: Job, resume: Resume) -> dict[str, Any]:
    """What a seeker sends."""
    return {"job": job.pk, "resume": str(resume.pk)}
