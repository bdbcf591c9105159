"""Virus scans, by whichever scanner settings.VIRUS_SCANNER names."""

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.resumes.models import Resume, VirusScan
from apps.resumes.scanning.base import VirusScanner


def find_threat(resume: Resume) -> str:
    """The name of what is wrong with a resume's file, empty when it is clean.

    Raises TransientError when the scanner may answer later, and PermanentError when the file can't
    be looked into: such a one is not passed on.
    """
    scanner = cast("VirusScanner", import_string(settings.VIRUS_SCANNER)())
    with resume.file.open("rb") as content:
        return scanner.find_threat(content, resume.kind)


def delete_infected(scan: VirusScan, threat: str) -> None:
    """Delete the file of a resume, noting why before it is gone."""
    scan.threat = threat[:255]
    scan.save(update_fields=["threat"])
    scan.resume.file.delete()
