"""Real files, good and bad."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

from docx import Document
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

LINES = [
    "Ann Example",
    "ann@example.org  +49 30 1234567",
    "Skills: Python, Django, PostgreSQL",
    "Experience",
    "Developer, Example Ltd, 2015 - 2021",
    "Education",
    "University, 2010 - 2015",
]
TEXT = "\n".join(LINES).encode()


def make_pdf(lines: list[str] = LINES, *, pages: int = 1) -> bytes:
    """A PDF with these lines on each page."""
    output = BytesIO()
    canvas = Canvas(output)
    for _ in range(pages):
        for number, line in enumerate(lines):
            canvas.drawString(72, 720 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def make_docx(lines: list[str] = LINES, members: Mapping[str, bytes] | None = None) -> bytes:
    """A DOCX with these paragraphs, and further members in its archive."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    output = BytesIO()
    document.save(output)
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return output.getvalue()


def make_docx_table(rows: list[list[str]]) -> bytes:
    """A DOCX that holds one table."""
    document = Document()
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def make_zip(members: Mapping[str, bytes]) -> bytes:
    """An archive that is no DOCX."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def pdf_with_action(kind: str, key: str, value: str) -> bytes:
    """A PDF that does something when it is opened."""
    writer = PdfWriter(PdfReader(BytesIO(make_pdf())))
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject(value)}
    )
    return _written(writer)


def pdf_with_packed_javascript() -> bytes:
    """A PDF with its script in a compressed stream of objects, where no plain search finds it."""
    packed = _stream("/Type /ObjStm /N 1 /First 4", b"4 0 << /S /JavaScript /JS (app.alert(1)) >>")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        packed,
    ]
    content = b"%PDF-1.5\n"
    index = struct.pack("!BHB", 0, 0, 0)
    for number, value in enumerate(objects, start=1):
        index += struct.pack("!BHB", 1, len(content), 0)
        content += b"%d 0 obj %s endobj\n" % (number, value)
    index += struct.pack("!BHB", 2, 3, 0) + struct.pack("!BHB", 1, len(content), 0)
    table = _stream("/Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R", index)
    return content + b"5 0 obj %s endobj\nstartxref\n%d\n%%%%EOF" % (table, len(content))


def pdf_with_password() -> bytes:
    """A PDF that nobody opens without the password."""
    writer = PdfWriter(PdfReader(BytesIO(make_pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    return _written(writer)


def _stream(entries: str, content: bytes) -> bytes:
    packed = zlib.compress(content)
    head = f"<< {entries} /Length {len(packed)} /Filter /FlateDecode >>"
    return head.encode() + b" stream\n" + packed + b"\nendstream"


def _written(writer: PdfWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()
