"""An AI service that parses resumes over HTTP."""

import httpx
from django.conf import settings
from rest_framework.exceptions import ValidationError

from apps.resumes.models import Resume
from apps.resumes.parsing.base import ParsedResume, ParsedResumeSerializer, ResumeParser
from background.errors import PermanentError, TransientError

RETRY_LATER = {httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS}


class HttpParser(ResumeParser):
    """Posts the file to settings.AI_PARSER_URL; the answer is ParsedResumeSerializer's JSON.

    The row's id goes along as idempotency key, so that a retry of the same resume can be told from
    another one.
    """

    def parse(self, resume: Resume) -> ParsedResume:
        """Ask the service; 10 to 60 s are normal."""
        response = _post(resume)
        if response.is_server_error or response.status_code in RETRY_LATER:
            raise TransientError(f"The parsing service is busy or broken ({response.status_code})")
        if not response.is_success:
            raise PermanentError(f"The parsing service refused the file ({response.status_code})")
        return _read(response)


def _post(resume: Resume) -> httpx.Response:
    with resume.file.open("rb") as content:
        try:
            return httpx.post(
                settings.AI_PARSER_URL,
                files={"file": (resume.filename, content)},
                headers={"Idempotency-Key": str(resume.pk)},
                timeout=httpx.Timeout(settings.AI_PARSER_TIMEOUT, connect=5),
            )
        except httpx.TransportError as error:
            raise TransientError(
                f"The parsing service did not answer ({type(error).__name__})"
            ) from error


def _read(response: httpx.Response) -> ParsedResume:
    try:
        answer = ParsedResumeSerializer(data=response.json())
        answer.is_valid(raise_exception=True)
    except (ValueError, ValidationError) as error:
        # A service that guesses may guess better next time; if not, the dead letter tells us.
        raise TransientError("The parsing service gave an answer that makes no sense") from error
    return ParsedResume(**answer.validated_data)
