"""From upload to news, with a real worker and a real browser's socket."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.notifications.models import Device, Notification
from apps.resumes.cache import SCORE_SECONDS, score_key
from apps.resumes.models import Resume
from apps.resumes.scanning.local import EICAR
from background.recovery import recover
from tests.apps.conftest import MakeUser
from tests.apps.notifications.browser import hear, open_page
from tests.apps.resumes.conftest import stored_files
from tests.apps.resumes.files import TEXT, make_docx, make_pdf
from tests.apps.resumes.servers import ANSWER, ParsingService
from tests.fastdata.keys import seconds_left
from tests.support.processes import Process
from tests.support.serving import serving
from tests.support.waiting import wait_until

RESUMES = "/api/v1/resumes/"


def post(client: APIClient, name: str, content: bytes) -> str:
    """Upload a file; the address to poll."""
    file = SimpleUploadedFile(name, content)
    answer = client.post(RESUMES, {"file": file}, format="multipart")
    assert answer.status_code == 202
    return f"{RESUMES}{answer.json()['id']}/"


def poll(client: APIClient, address: str) -> dict[str, Any]:
    """The resume as soon as it is final; recovery runs meanwhile."""

    def final() -> dict[str, Any]:
        recover()
        resume: dict[str, Any] = client.get(address).json()
        return resume if resume["status"] in {"COMPLETE", "FAILED"} else {}

    return wait_until(final)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("name", "content"), [("cv.pdf", make_pdf()), ("cv.docx", make_docx()), ("cv.txt", TEXT)]
)
def test_a_resume_is_read_scored_and_shown(client: APIClient, name: str, content: bytes) -> None:
    client.patch(f"{RESUMES}wishes/", {"skills": ["Python", "Rust"], "years": 6})
    assert client.get(RESUMES).json()["count"] == 0

    resume = poll(client, post(client, name, content))

    assert resume["status"] == "COMPLETE"
    assert resume["parsed_data"]["skills"] == ["Python", "Django", "PostgreSQL"]
    assert resume["match_score"] == 65
    wait_until(lambda: client.get(RESUMES).json()["results"][0]["match_score"] == 65)


def test_the_seeker_hears_of_it_at_once_and_nobody_else(
    worker: Process, web: str, client: APIClient, seeker: User, make_user: MakeUser
) -> None:
    Device.objects.create(user=seeker, token="a phone of Ann")
    with open_page(web, seeker) as mine, open_page(web, make_user("seeker")) as other:
        address = post(client, "cv.txt", TEXT)
        event = hear(mine)

        assert (event["type"], event["status"]) == ("resume.ready", "COMPLETE")
        assert address == f"{RESUMES}{event['id']}/"
        assert (event["match_score"], event["filename"]) == (100, "cv.txt")
        with pytest.raises(TimeoutError):
            other.recv(timeout=0.2)
    resume_id = UUID(event["id"])
    assert Notification.objects.get(user=seeker).kind == "resume.ready"
    wait_until(lambda: "Push to device a phone of A…: 'Your resume is ready'" in worker.output)
    assert cache.get(score_key(resume_id)) == 100
    assert 0 < seconds_left(score_key(resume_id)) <= SCORE_SECONDS


def test_an_infected_file_is_deleted_and_its_seeker_told(
    worker: Process, web: str, client: APIClient, seeker: User
) -> None:
    before = stored_files()
    with open_page(web, seeker) as mine:
        address = post(client, "cv.txt", b"Hello " + EICAR)
        event = hear(mine)

    resume = poll(client, address)
    assert (event["type"], event["status"]) == ("resume.failed", "FAILED")
    assert resume["error"] == event["error"] == "The file is infected: Eicar-Test-Signature"
    assert not Resume.objects.get().file
    assert stored_files() == before


def test_a_file_that_cannot_be_read_fails_with_the_reason(
    worker: Process, web: str, client: APIClient, seeker: User
) -> None:
    with open_page(web, seeker) as mine:
        resume = poll(client, post(client, "cv.pdf", make_pdf([])))

        assert resume["status"] == "FAILED"
        assert "no text" in resume["error"]
        assert hear(mine)["error"] == resume["error"]


def test_a_parser_that_is_down_is_asked_again(
    start_own_worker: Callable[..., Process], client: APIClient
) -> None:
    down = (503, b"")
    with serving(ParsingService(down, down, (200, json.dumps(ANSWER).encode()))) as service:
        start_own_worker(
            env={
                "RESUME_PARSER": "apps.resumes.parsing.http.HttpParser",
                "AI_PARSER_URL": service.url,
            }
        )
        resume = poll(client, post(client, "cv.txt", TEXT))

    row = Resume.objects.get()
    assert (resume["status"], resume["parsed_data"]) == ("COMPLETE", ANSWER)
    assert (row.failures, row.attempts, len(service.posts)) == (2, 3, 3)
