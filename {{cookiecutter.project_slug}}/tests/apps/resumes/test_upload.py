"""Uploading: what is taken, what is refused, and what is left behind."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.resumes.models import Resume, VirusScan
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.resumes.conftest import Upload, stored_files
from tests.apps.resumes.files import LINES, TEXT, make_docx, make_pdf, make_zip

RESUMES = "/api/v1/resumes/"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)


def post(client: APIClient, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(RESUMES, {"file": file}, format="multipart")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("cv.pdf", make_pdf(), "pdf"),
        ("cv.docx", make_docx(), "docx"),
        ("cv.txt", TEXT, "txt"),
        ("notes.md", "Zoë 日本".encode("utf-8-sig"), "txt"),
        ("really a text.pdf", TEXT, "txt"),
    ],
)
def test_a_resume_is_taken_for_what_it_holds(
    client: APIClient, seeker: User, name: str, content: bytes, kind: str
) -> None:
    response = post(client, name, content)

    resume = Resume.objects.get()
    assert response.status_code == 202
    assert response.json() | {"id": str(resume.pk), "status": "PENDING"} == response.json()
    assert (resume.owner, resume.filename, resume.kind) == (seeker, name, kind)
    assert resume.size == len(content)
    assert resume.file.read() == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.pdf", EXE),
        ("empty.txt", b""),
        ("blank.txt", b" \n\t "),
        ("photos.docx", make_zip({"beach.jpg": b"\xff\xd8"})),
        ("half.docx", make_docx()[:2000]),
        ("nuls.txt", b"Ann\x00Example"),
        ("latin.txt", "Zoë".encode("latin-1")),
        ("utf16.txt", "Ann Example".encode("utf-16")),
        ("large.txt", b"a" * 2000),
    ],
)
def test_anything_else_is_a_field_error(
    client: APIClient, settings: Any, name: str, content: bytes
) -> None:
    settings.RESUME_MAX_BYTES = 1999 if name == "large.txt" else settings.RESUME_MAX_BYTES
    before = stored_files()

    response = post(client, name, content)

    assert response.status_code == 400
    assert list(response.json()) == ["file"]
    assert not Resume.objects.exists()
    assert stored_files() == before


def test_a_file_must_be_sent(client: APIClient) -> None:
    response = client.post(RESUMES, {}, format="multipart")

    assert response.json() == {"file": ["No file was submitted."]}


def test_only_seekers_upload(
    make_user: MakeUser, client_of: ClientOf, anonymous: APIClient
) -> None:
    assert post(client_of(make_user("employer")), "cv.txt", TEXT).status_code == 403
    assert post(anonymous, "cv.txt", TEXT).status_code == 401


def test_nobody_guesses_where_a_file_is(upload: Upload) -> None:
    one, two = str(upload().file), str(upload(name="../../cv.txt").file)

    assert one != two
    assert "cv" not in one
    assert two.startswith("resumes/")


def test_a_resume_waits_for_its_scan(upload: Upload) -> None:
    resume = upload()

    assert resume.due_at is None
    assert VirusScan.objects.get().resume == resume


def test_no_file_is_left_when_the_row_is_not(
    upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**fields: Any) -> None:
        raise RuntimeError

    before = stored_files()
    monkeypatch.setattr(VirusScan.objects, "create", fail)

    with pytest.raises(RuntimeError):
        upload("\n".join(LINES).encode())

    assert stored_files() == before
    assert not Resume.objects.exists()
