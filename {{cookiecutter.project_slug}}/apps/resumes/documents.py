"""The files that a resume may be: telling them apart, and opening them safely.

Everything here may come from somebody who means harm, or from a broken program.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat

from apps.resumes.models import Resume
from background.decorators import TRANSIENT
from background.errors import PermanentError

# Imported where files are opened: half a second, in every process of the project.
if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from pypdf import PdfReader

# What a DOCX may grow to when unpacked: ten times the usual limit of uploads.
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
WORD_BODY = "word/document.xml"


class UnsupportedFileError(Exception):
    """A file that is no resume; the message tells its owner why."""


def accept(file: "File[Any]") -> Resume.Kind:
    """Check a file's size and tell what it is, by its content alone.

    Raises UnsupportedFileError.
    """
    limit = settings.RESUME_MAX_BYTES
    if file.size > limit:
        raise UnsupportedFileError(f"The file is too large; the limit is {filesizeformat(limit)}.")
    content = file.read()
    file.seek(0)
    if content.startswith(b"%PDF-"):
        return Resume.Kind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    return _kind_of_text(content)


def open_pdf(content: IO[bytes]) -> "PdfReader":
    """A PDF, ready to be read. Raises PermanentError when it needs a password."""
    from pypdf import PdfReader

    reader = PdfReader(content)
    if reader.is_encrypted and not reader.decrypt(""):
        raise PermanentError("The PDF is protected by a password: upload one that is not.")
    return reader


def open_zip(content: IO[bytes]) -> zipfile.ZipFile:
    """A DOCX as the archive it is. Raises PermanentError when it would unpack to too much."""
    archive = zipfile.ZipFile(content)
    # Nothing reads past the size that a member declares.
    if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise PermanentError("The DOCX is too large when unpacked.")
    return archive


def open_docx(content: IO[bytes]) -> "WordDocument":
    """A DOCX, ready to be read. Raises PermanentError when it would unpack to too much."""
    from docx import Document

    open_zip(content)
    content.seek(0)
    return Document(content)


@contextmanager
def reading(kind: str) -> Iterator[None]:
    """Turn whatever a library stumbles over in a broken file into a PermanentError."""
    try:
        yield
    except (PermanentError, MemoryError, *TRANSIENT):
        raise
    except Exception as error:
        label = Resume.Kind(kind).label
        raise PermanentError(f"The {label} is broken and can't be read: {error}") from error


def _kind_of_zip(content: bytes) -> Resume.Kind:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnsupportedFileError("The file is a broken archive.") from error
    if WORD_BODY not in names:
        raise UnsupportedFileError("The file is an archive, but no DOCX.")
    return Resume.Kind.DOCX


def _kind_of_text(content: bytes) -> Resume.Kind:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise UnsupportedFileError("The file is neither a PDF, a DOCX nor a text in UTF-8.")
    if not text.strip():
        raise UnsupportedFileError("The file is empty.")
    return Resume.Kind.TEXT
