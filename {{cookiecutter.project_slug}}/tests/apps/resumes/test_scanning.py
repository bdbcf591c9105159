"""Virus scanners: the local one, and clamd through its protocol."""

import socket
from io import BytesIO
from typing import Any

import pytest

from apps.resumes.scanning.clamd import ClamdScanner
from apps.resumes.scanning.local import EICAR, LocalScanner
from background.errors import PermanentError, TransientError
from tests.apps.resumes.files import (
    TEXT,
    make_docx,
    make_pdf,
    pdf_with_action,
    pdf_with_packed_javascript,
    pdf_with_password,
)
from tests.apps.resumes.servers import Clamd
from tests.support.serving import serving


@pytest.mark.parametrize(
    ("kind", "content", "threat"),
    [
        ("txt", TEXT, ""),
        ("pdf", make_pdf(), ""),
        ("docx", make_docx(), ""),
        ("txt", b"Hello " + EICAR, "Eicar-Test-Signature"),
        ("docx", make_docx(members={"word/media/x.bin": EICAR}), "Eicar-Test-Signature"),
        ("docx", make_docx(members={"word/vbaProject.bin": b"Sub"}), "Macro"),
        ("pdf", pdf_with_action("/JavaScript", "/JS", "app.alert(1)"), "JavaScript"),
        ("pdf", pdf_with_action("/Launch", "/F", "calc.exe"), "Launch action"),
        ("pdf", pdf_with_packed_javascript(), "JavaScript"),
    ],
)
def test_the_local_scanner(kind: str, content: bytes, threat: str) -> None:
    assert LocalScanner().find_threat(BytesIO(content), kind) == threat


@pytest.mark.parametrize(
    ("kind", "content"),
    [("pdf", b"%PDF-1.7 and no more"), ("pdf", pdf_with_password()), ("docx", b"PK no archive")],
)
def test_what_cannot_be_looked_into_is_not_passed_on(kind: str, content: bytes) -> None:
    with pytest.raises(PermanentError):
        LocalScanner().find_threat(BytesIO(content), kind)


@pytest.mark.parametrize(
    ("content", "threat"), [(TEXT * 100, ""), (TEXT * 100 + b"virus", "Test.Virus"), (b"", "")]
)
def test_clamd(settings: Any, content: bytes, threat: str) -> None:
    with serving(Clamd()) as clamd:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", clamd.port

        assert ClamdScanner().find_threat(BytesIO(content), "txt") == threat


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: Can't allocate memory ERROR\n", b"INSTREAM size limit exceeded. ERROR\n", b"?"],
)
def test_only_clamds_ok_is_one(settings: Any, answer: bytes) -> None:
    with serving(Clamd(answer)) as clamd:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", clamd.port

        with pytest.raises(TransientError):
            ClamdScanner().find_threat(BytesIO(TEXT), "txt")


@pytest.mark.parametrize("hangs", [False, True])
def test_a_clamd_that_is_down_may_answer_later(settings: Any, hangs: bool) -> None:
    settings.CLAMD_TIMEOUT = 0.2
    with socket.socket() as clamd:
        clamd.bind(("127.0.0.1", 0))
        if hangs:
            clamd.listen()
        settings.CLAMD_HOST, settings.CLAMD_PORT = clamd.getsockname()

        with pytest.raises(TransientError, match="did not answer"):
            ClamdScanner().find_threat(BytesIO(TEXT), "txt")
