"""What the local parser finds, and what it makes of broken files."""

from time import monotonic

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile

from apps.resumes import documents
from apps.resumes.models import Resume
from apps.resumes.parsing.base import ParsedResume
from apps.resumes.parsing.local import LocalParser, parse_text
from apps.resumes.parsing.text import MAX_CHARACTERS, MAX_PAGES, text_of
from background.errors import PermanentError
from tests.apps.resumes.files import (
    TEXT,
    make_docx,
    make_docx_table,
    make_pdf,
    make_zip,
    pdf_with_password,
)

WORD_BODY = "word/document.xml"


def read(content: bytes, kind: str) -> str:
    resume = Resume(kind=kind)
    resume.file.save("cv", ContentFile(content), save=False)
    return text_of(resume)


def parse(content: bytes, kind: str) -> ParsedResume:
    resume = Resume(kind=kind)
    resume.file.save("cv", ContentFile(content), save=False)
    return LocalParser().parse(resume)


@pytest.mark.parametrize(
    ("kind", "content"), [("pdf", make_pdf()), ("docx", make_docx()), ("txt", TEXT)]
)
def test_every_kind_of_file_is_read(kind: str, content: bytes) -> None:
    assert parse(content, kind) == ParsedResume(
        name="Ann Example",
        email="ann@example.org",
        phone="+49 30 1234567",
        skills=["Python", "Django", "PostgreSQL"],
        years=6,
    )


def test_tables_are_read() -> None:
    found = parse(make_docx_table([["Name: Zoë van den Berg", "zoe@example.org"]]), "docx")

    assert (found.name, found.email) == ("Zoë van den Berg", "zoe@example.org")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Curriculum Vitae\n\nJEAN-LUC O'NEILL\n", "JEAN-LUC O'NEILL"),
        ("Name: Ann Example", "Ann Example"),
        ("María de la Cruz\nBerlin", "María de la Cruz"),
        ("I develop software\nfor 10 years", ""),
        ("ann@example.org", ""),
    ],
)
def test_names(text: str, name: str) -> None:
    assert parse_text(text).name == name


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Phone: (030) 123 456 78", "(030) 123 456 78"),
        ("+1-202-555-0143", "+1-202-555-0143"),
        ("2010 - 2015", ""),
        ("Account 12345678901234567890", ""),
    ],
)
def test_phones(text: str, phone: str) -> None:
    assert parse_text(text).phone == phone


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Skills\nGo, Rust\n\nExperience\nfishing, hunting", ["Go", "Rust"]),
        ("Technical skills:\n- Languages: C, R\n- Docker", ["C", "R", "Docker"]),
        ("I know C++ and c#, not javascripting.", ["C#", "C++"]),
        ("Java is not JavaScript", ["Java", "JavaScript"]),
        ("Skills: python, Python, PYTHON", ["Python"]),
    ],
)
def test_skills(text: str, skills: list[str]) -> None:
    assert parse_text(text).skills == skills


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("12 years of professional experience", 12),
        ("Experience: more than 5+ years", 5),
        ("Experience\n2010 - 2014\n2012 - 2016", 6),
        ("Experience\nJan 2010 - Jul 2010\n03/2012 to 06/2012", 0.75),
        ("Education\n2010 - 2015", 0),
        ("Experience\n2015 - 2010", 0),
        ("I am 45 years old", 0),
        ("Experience\n1900 - 2099", 60),
    ],
)
def test_years(text: str, years: float) -> None:
    assert parse_text(text).years == years


def test_a_job_that_goes_on_lasts_until_today() -> None:
    assert parse_text("Experience\n2000 - present").years > 20


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("pdf", b"%PDF-1.7\nno more of it", "broken"),
        ("pdf", make_pdf()[:300], "broken"),
        ("pdf", pdf_with_password(), "password"),
        ("pdf", make_pdf([]), "no text"),
        ("docx", make_zip({WORD_BODY: b"<no xml"}), "broken"),
        ("docx", make_zip({"[Content_Types].xml": b"<Types/>", WORD_BODY: b""}), "broken"),
        ("docx", make_docx([]), "no text"),
        ("docx", make_docx(members={"bomb": bytes(51 * 1024 * 1024)}), "too large"),
        ("txt", b" ", "no text"),
    ],
)
def test_an_unreadable_file_says_why(kind: str, content: bytes, reason: str) -> None:
    with pytest.raises(PermanentError, match=reason):
        read(content, kind)


@pytest.mark.parametrize("error", [ConnectionError, SoftTimeLimitExceeded])
def test_what_may_go_away_is_no_broken_file(error: type[Exception]) -> None:
    with pytest.raises(error), documents.reading("pdf"):
        raise error


def test_what_no_database_takes_is_left_out() -> None:
    assert read(b"Ann \x00 Example", "txt") == "Ann   Example"


def test_long_files_are_read_in_part() -> None:
    assert len(read(b"a " * MAX_CHARACTERS, "txt")) == MAX_CHARACTERS
    assert read(make_pdf(["Ann"], pages=MAX_PAGES + 5), "pdf").count("Ann") == MAX_PAGES


@pytest.mark.parametrize("run", ["a", "1", "1 ", "a.", "@", "(", "skills:", "experience ", "2010-"])
def test_no_text_takes_long(run: str) -> None:
    started = monotonic()

    parse_text(run * (MAX_CHARACTERS // len(run)))

    assert monotonic() - started < 5
