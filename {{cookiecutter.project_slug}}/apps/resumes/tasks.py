"""A resume's way from upload to result; each step is a task that starts the next."""

from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import transaction

from apps.notifications.notices import tell
from apps.resumes import announcements, cache, parsing, scanning, scoring
from background import lifecycle
from background.decorators import work_task
from background.dispatch import dispatch
from background.task import BackgroundTask

if TYPE_CHECKING:
    from apps.resumes.models import Resume, VirusScan


def tell_seeker(resume: "Resume") -> None:
    """Announce how a resume ended, with the transaction that ends it."""
    transaction.on_commit(partial(cache.forget_resumes, resume.owner_id), robust=True)
    notify_seeker_resume_ready.delay_on_commit(str(resume.pk))


def fail_unscanned(scan: "VirusScan") -> None:
    """Fail the resume whose scan failed: it is not parsed unscanned."""
    lifecycle.give_up(scan.resume, f"The file could not be scanned for viruses: {scan.error}")


@work_task("resumes.VirusScan", on_failure=fail_unscanned)
def scan_resume(scan: "VirusScan") -> None:
    """Let a clean resume be parsed; delete an infected one."""
    threat = scan.threat or scanning.find_threat(scan.resume)
    if not threat:
        with scan.completing():
            # FAILED when an earlier scan was given up and is replayed now.
            lifecycle.replay(scan.resume)
            dispatch(scan.resume)
        return
    scan.ensure_lease()
    scanning.delete_infected(scan, threat)
    with scan.completing():
        lifecycle.give_up(scan.resume, f"The file is infected: {threat}")


@work_task(
    "resumes.Resume",
    max_retries=3,
    soft_time_limit=90,  # the AI service is given 60 s; the rest is ours
    time_limit=120,
    on_failure=tell_seeker,
)
def parse_and_score_resume(resume: "Resume") -> None:
    """Read, parse and score one uploaded resume, then tell its seeker."""
    parsed = parsing.parse(resume)
    with resume.completing():
        scoring.store(resume, parsed)
        tell_seeker(resume)


@shared_task(base=BackgroundTask)
def notify_seeker_resume_ready(resume_id: str) -> None:
    """Tell the seeker in the browser and on the phone."""
    news = announcements.announcement_of(resume_id)
    if news:
        tell([news])
