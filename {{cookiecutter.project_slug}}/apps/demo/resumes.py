"""The resumes of the demo: most of them read, the others in every other state of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.files.base import ContentFile
from django.db import OperationalError
from django.utils.text import slugify

from apps.accounts.models import Profile
from apps.demo.history import insert
from apps.demo.pdf import write_resume
from apps.demo.people import People
from apps.resumes import scoring
from apps.resumes.models import Resume, VirusScan, Wishes
from apps.resumes.parsing.local import LocalParser
from background import lifecycle
from background.dispatch import dispatch
from background.models import Work

WAITING = 3
# How long the work on one took.
DURATION = timedelta(seconds=4)
# What ended the work on one of them; there is room again, so its replay succeeds.
FAILURE = OperationalError("database or disk is full (an example: replay it)")


@dataclass(frozen=True, kw_only=True)
class Resumes:
    """The resumes by state; each seeker has one that was read."""

    waiting: list[Resume]
    orphaned: Resume
    failed: Resume
    read: list[Resume]

    def __iter__(self) -> Iterator[Resume]:
        yield from (*self.waiting, self.orphaned, self.failed, *self.read)


def make_resumes(random: Random, people: People, now: datetime) -> Resumes:
    """The resumes, not stored yet; the first seekers have a second one, uploaded lately."""

    def write(seeker: Profile, uploaded: datetime) -> Resume:
        content = write_resume(random, seeker.full_name, seeker.user.email, uploaded.year)
        filename = f"{slugify(seeker.full_name)}.pdf"
        return Resume(
            owner=seeker.user,
            file=ContentFile(content, filename),
            filename=filename,
            kind=Resume.Kind.PDF,
            size=len(content),
            created_at=uploaded,
        )

    writers = iter(people.seekers)
    return Resumes(
        waiting=[_wait(write(next(writers), now)) for _ in range(WAITING)],
        orphaned=_orphan(write(next(writers), now - timedelta(minutes=5)), now),
        failed=_fail(write(next(writers), now - timedelta(hours=20))),
        read=[_read(write(seeker, seeker.user.date_joined)) for seeker in people.seekers],
    )


@contextmanager
def stored(resumes: Resumes) -> Iterator[None]:
    """Store the files of the resumes; a block that fails leaves none of them behind."""
    done: list[Resume] = []
    try:
        for resume in resumes:
            resume.file.save(resume.filename, resume.file.file, save=False)
            done.append(resume)
        yield
    except BaseException:
        for resume in done:
            resume.file.delete(save=False)
        raise


def save(resumes: Resumes) -> None:
    """Save the resumes with all that belongs to them; those that wait start after commit."""
    insert(list(resumes))
    scans = [_scan_of(resume) for resume in resumes]
    insert(scans)
    for wishes in Wishes.objects.filter(owner__in=[resume.owner for resume in resumes.read]):
        scoring.rescore(wishes)
    resumes.failed.bury(FAILURE)
    for scan in scans:
        if not scan.is_final:
            dispatch(scan)


def _read(resume: Resume) -> Resume:
    """Let the local parser read it, whichever the settings name: loading calls no service."""
    resume.parsed_data = asdict(LocalParser().parse(resume))
    return _complete(resume)


def _wait(resume: Resume) -> Resume:
    resume.due_at = None  # waits for the scan
    return resume


def _orphan(resume: Resume, now: datetime) -> Resume:
    """Leave it to a process that is gone: its lease runs out now, and recovery takes it up."""
    resume.status = Resume.Status.PROCESSING
    resume.attempts = 1
    resume.due_at = now
    resume.started_at = resume.created_at
    return resume


def _fail(resume: Resume) -> Resume:
    _complete(resume)
    resume.status = Resume.Status.FAILED
    resume.error = lifecycle.explain(FAILURE)
    return resume


def _scan_of(resume: Resume) -> VirusScan:
    """Its scan, which is done where somebody has worked on the resume since."""
    scan = VirusScan(resume=resume, owner=resume.owner, created_at=resume.created_at)
    return _complete(scan) if resume.attempts else scan


def _complete[W: Work](work: W) -> W:
    work.status = Work.Status.COMPLETE
    work.attempts = 1
    work.due_at = None
    work.started_at = work.created_at
    work.finished_at = work.created_at + DURATION
    return work
