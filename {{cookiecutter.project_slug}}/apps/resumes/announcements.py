"""What a seeker is told about a resume."""

from apps.notifications.notices import Channel, Notice
from apps.resumes import scoring
from apps.resumes.models import Resume


def announcement_of(resume_id: str) -> Notice | None:
    """The news about a finished resume, in the app and on the phone.

    None when it was deleted or started again meanwhile.
    """
    resume = Resume.objects.filter(pk=resume_id).first()
    if resume is None or not resume.is_final:
        return None
    complete = resume.status == Resume.Status.COMPLETE
    score = scoring.score_of(resume.pk) if complete else None
    return Notice(
        user_id=resume.owner_id,
        kind="resume.ready" if complete else "resume.failed",
        # With the attempt, since a resume that is started again ends anew.
        about=f"resume:{resume_id}:{resume.attempts}",
        title="Your resume is ready" if complete else "Your resume could not be read",
        body=f"{resume.filename}: {f'match score {score}' if complete else resume.error}",
        data={
            "id": resume_id,
            "status": resume.status,
            "filename": resume.filename,
            "match_score": score,
            "error": resume.error,
        },
        channels=frozenset({Channel.IN_APP, Channel.PUSH}),
    )
