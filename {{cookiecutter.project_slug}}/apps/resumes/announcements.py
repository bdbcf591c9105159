"""What a seeker is told about a resume."""

from dataclasses import dataclass
from typing import Any

from apps.resumes import scoring
from apps.resumes.models import Resume


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """The same news for each channel."""

    seeker_id: int
    title: str
    body: str
    event: dict[str, Any]  # for the browser, as JSON


def announcement_of(resume_id: str) -> Announcement | None:
    """The news about a finished resume; None when it was deleted meanwhile."""
    resume = Resume.objects.filter(pk=resume_id).first()
    if resume is None:
        return None
    complete = resume.status == Resume.Status.COMPLETE
    score = scoring.score_of(resume.pk) if complete else None
    return Announcement(
        seeker_id=resume.owner_id,
        title="Your resume is ready" if complete else "Your resume could not be read",
        body=f"{resume.filename}: {f'match score {score}' if complete else resume.error}",
        event={
            "type": "resume.ready" if complete else "resume.failed",
            "id": resume_id,
            "status": resume.status,
            "filename": resume.filename,
            "match_score": score,
            "error": resume.error,
        },
    )
