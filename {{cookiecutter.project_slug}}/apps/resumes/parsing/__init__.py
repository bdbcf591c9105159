"""Reading resumes, by whichever parser settings.RESUME_PARSER names."""

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.resumes.models import Resume
from apps.resumes.parsing.base import ParsedResume, ResumeParser


def parse(resume: Resume) -> ParsedResume:
    """What a resume says.

    Raises TransientError when the parser may answer later, and PermanentError with the reason when
    the file can't be read.
    """
    parser = cast("ResumeParser", import_string(settings.RESUME_PARSER)())
    return parser.parse(resume)
