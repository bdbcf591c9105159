"""The text of a resume, whatever its file is."""

from typing import IO

from docx.document import Document as WordDocument
from docx.table import Table

from apps.resumes import documents
from apps.resumes.models import Resume
from background.errors import PermanentError

# A resume is a few pages; what comes after these would only take time and memory.
MAX_PAGES = 30
MAX_CHARACTERS = 200_000


def text_of(resume: Resume) -> str:
    """At most MAX_CHARACTERS of a resume. Raises PermanentError when there is nothing to read."""
    with resume.file.open("rb") as content, documents.reading(resume.kind):
        text = _READERS[Resume.Kind(resume.kind)](content)
    # PDFs yield characters that no database and no JSON takes.
    text = text[:MAX_CHARACTERS].replace("\x00", " ").encode("utf-8", "ignore").decode()
    if not text.strip():
        raise PermanentError("The file holds no text; a picture of a resume can't be read.")
    return text


def _read_pdf(content: IO[bytes]) -> str:
    reader = documents.open_pdf(content)
    pages = range(min(len(reader.pages), MAX_PAGES))
    return "\n".join(reader.pages[number].extract_text() for number in pages)


def _read_docx(content: IO[bytes]) -> str:
    return "\n".join(_lines_of(documents.open_docx(content)))


def _lines_of(document: WordDocument) -> list[str]:
    lines = [p.text for section in document.sections for p in section.header.paragraphs]
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += ["\n".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return lines


def _read_text(content: IO[bytes]) -> str:
    return content.read().decode("utf-8-sig")


_READERS = {
    Resume.Kind.PDF: _read_pdf,
    Resume.Kind.DOCX: _read_docx,
    Resume.Kind.TEXT: _read_text,
}
