"""What becomes of a resume when a step of its way fails."""

from typing import Any

import pytest
from django.core.cache import cache

from apps.notifications.models import Notification
from apps.resumes.cache import score_key
from apps.resumes.models import Resume, VirusScan
from apps.resumes.scanning.local import EICAR
from apps.resumes.tasks import notify_seeker_resume_ready, parse_and_score_resume, scan_resume
from background import lifecycle
from background.errors import LeaseLostError, TransientError
from background.models import TaskCall
from tests.apps.resumes.conftest import Upload
from tests.support.leases import taken_away


def held_scan(resume: Resume) -> VirusScan:
    """The scan of a resume, in our hands."""
    scan = lifecycle.claim(VirusScan, resume.scans.get().pk, 1)
    assert scan
    return scan


def test_a_resume_is_not_parsed_unscanned(upload: Upload) -> None:
    resume = upload()

    lifecycle.fail(held_scan(resume), TransientError("The virus scanner did not answer"))

    resume.refresh_from_db()
    assert resume.status == Resume.Status.FAILED
    assert "The virus scanner did not answer" in resume.error


def test_a_scan_that_is_replayed_takes_up_its_resume(upload: Upload) -> None:
    resume = upload()
    scan = held_scan(resume)
    lifecycle.fail(scan, TransientError("The virus scanner did not answer"))

    lifecycle.replay(scan)
    again = lifecycle.claim(VirusScan, scan.pk, 2)
    assert again
    scan_resume(again)

    resume.refresh_from_db()
    assert (resume.status, resume.error) == (Resume.Status.PENDING, "")
    assert resume.due_at


def test_an_infected_file_is_gone_before_its_scan_is_complete(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    resume = upload(EICAR)
    scan = held_scan(resume)

    def crash(*args: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(lifecycle, "give_up", crash)
    with pytest.raises(SystemExit):
        scan_resume(scan)
    monkeypatch.undo()
    resume.refresh_from_db()
    assert not resume.file

    scan.refresh_from_db()
    scan_resume(scan)
    resume.refresh_from_db()
    assert resume.status == Resume.Status.FAILED
    assert resume.error == "The file is infected: Eicar-Test-Signature"


def test_who_has_lost_a_scan_deletes_no_file(upload: Upload) -> None:
    resume = upload(EICAR)

    with pytest.raises(LeaseLostError):
        scan_resume(taken_away(held_scan(resume)))

    resume.refresh_from_db()
    with resume.file.open() as content:
        assert content.read() == EICAR


def test_who_has_lost_a_resume_stores_nothing_and_tells_nobody(upload: Upload) -> None:
    resume = lifecycle.claim(Resume, upload().pk, 1)
    assert resume

    with pytest.raises(LeaseLostError):
        parse_and_score_resume(taken_away(resume))

    resume.refresh_from_db()
    assert (resume.parsed_data, resume.match_score) == (None, None)
    assert not TaskCall.objects.exists()


def test_no_score_is_remembered_of_a_resume_that_failed(upload: Upload) -> None:
    resume = upload()
    lifecycle.give_up(resume, "The file is broken")

    notify_seeker_resume_ready(str(resume.pk))

    assert cache.get(score_key(resume.pk), "nothing") == "nothing"


def test_a_resume_that_was_started_again_is_no_news_yet(upload: Upload) -> None:
    resume = upload()
    lifecycle.give_up(resume, "The file is broken")
    lifecycle.replay(resume)

    notify_seeker_resume_ready(str(resume.pk))

    assert not Notification.objects.exists()


def test_a_resume_that_failed_is_news_once(upload: Upload) -> None:
    resume = upload()
    lifecycle.give_up(resume, "The file is broken")

    notify_seeker_resume_ready(str(resume.pk))
    notify_seeker_resume_ready(str(resume.pk))

    assert Notification.objects.get().body == "cv.txt: The file is broken"


def test_a_deleted_resume_is_no_news(upload: Upload) -> None:
    resume = upload()
    resume_id = str(resume.pk)
    resume.delete()

    notify_seeker_resume_ready(resume_id)

    assert not Notification.objects.exists()
