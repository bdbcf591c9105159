"""What a request may ask for."""

from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.models import User
from apps.resumes import cache, documents, scoring
from apps.resumes.models import Resume, VirusScan, Wishes
from background.dispatch import dispatch


def upload(seeker: User, file: "UploadedFile[Any]") -> Resume:
    """Store a resume; it is scanned after commit, and parsed when it is clean.

    Raises documents.UnsupportedFileError with what is wrong about the file.
    """
    resume = Resume(
        owner=seeker,
        kind=documents.accept(file),
        filename=file.name or "",
        size=file.size or 0,
        due_at=None,  # waits for the scan
    )
    # Before the transaction: the storage may be far away.
    resume.file.save(resume.filename, file, save=False)
    try:
        with transaction.atomic():
            resume.save()
            dispatch(VirusScan.objects.create(owner=seeker, resume=resume))
    except BaseException:
        resume.file.delete(save=False)
        raise
    cache.forget_resumes(seeker.pk)
    return resume


def wishes_of(seeker: User) -> Wishes:
    """What a seeker wishes for; nothing as long as they did not say."""
    return Wishes.objects.filter(owner=seeker).first() or Wishes(owner=seeker)


@transaction.atomic
def change_wishes(seeker: User, **changes: Any) -> Wishes:
    """Change what a seeker wishes for, and the scores of their resumes with it."""
    wishes = scoring.locked_wishes(seeker.pk)
    for name, value in changes.items():
        setattr(wishes, name, value)
    wishes.save()
    rescored = [resume.pk for resume in scoring.rescore(wishes)]
    transaction.on_commit(partial(cache.forget_scores, seeker.pk, rescored), robust=True)
    return wishes
