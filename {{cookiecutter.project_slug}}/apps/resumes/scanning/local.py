"""A scanner without a network, for development: few threats, but really found."""

from collections.abc import Iterator
from typing import IO

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from apps.resumes import documents
from apps.resumes.models import Resume
from apps.resumes.scanning.base import VirusScanner

# The harmless file that every scanner reports, in two parts so that none reports this one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EICAR_NAME = "Eicar-Test-Signature"


class LocalScanner(VirusScanner):
    """Knows EICAR's test file, macros in a DOCX, and actions in a PDF that start something."""

    def find_threat(self, content: IO[bytes], kind: str) -> str:
        """Look at the file itself, then into what it packs."""
        if EICAR in content.read():
            return EICAR_NAME
        content.seek(0)
        with documents.reading(kind):
            if kind == Resume.Kind.DOCX:
                return _threat_in_docx(content)
            if kind == Resume.Kind.PDF:
                return _threat_in_pdf(documents.open_pdf(content))
        return ""


def _threat_in_docx(content: IO[bytes]) -> str:
    with documents.open_zip(content) as archive:
        for member in archive.infolist():
            if member.filename.lower().endswith("vbaproject.bin"):
                return "Macro"
            if EICAR in archive.read(member):
                return EICAR_NAME
    return ""


def _threat_in_pdf(reader: PdfReader) -> str:
    for dictionary in _dictionaries(reader):
        if "/JS" in dictionary:
            return "JavaScript"
        # By index, which follows a reference; get() does not.
        if "/S" in dictionary and str(dictionary["/S"]) == "/Launch":
            return "Launch action"
    return ""


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of a PDF, whether or not a page leads to it."""
    ids = [(number, generation) for generation, ids in reader.xref.items() for number in ids]
    packed = [(number, 0) for number in reader.xref_objStm]
    for number, generation in [*ids, *packed]:
        yield from _dictionaries_in(reader.get_object(IndirectObject(number, generation, reader)))


def _dictionaries_in(value: PdfObject | None) -> Iterator[DictionaryObject]:
    """The dictionaries that stand inside one object; references lead to objects of their own."""
    if isinstance(value, DictionaryObject):
        yield value
        for inner in value.values():
            yield from _dictionaries_in(inner)
    elif isinstance(value, ArrayObject):
        for inner in value:
            yield from _dictionaries_in(inner)
