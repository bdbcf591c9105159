"""Scans by a ClamAV daemon."""

from typing import IO, BinaryIO, cast

from clamav_client.clamd import ClamdError, ClamdNetworkSocket
from django.conf import settings

from apps.resumes.scanning.base import VirusScanner
from background.errors import TransientError


class ClamdScanner(VirusScanner):
    """Streams the file to clamd, which needs no access to the storage then."""

    def find_threat(self, content: IO[bytes], kind: str) -> str:
        """Ask clamd. Only its OK is one: no answer and an error are asked again."""
        clamd = ClamdNetworkSocket(
            settings.CLAMD_HOST, settings.CLAMD_PORT, timeout=settings.CLAMD_TIMEOUT
        )
        try:
            answers = clamd.instream(cast("BinaryIO", content))
        except (ClamdError, OSError, UnicodeDecodeError) as error:
            raise TransientError(
                f"The virus scanner did not answer ({type(error).__name__})"
            ) from error
        verdict, threat = answers.get("stream", ("ERROR", "no answer"))
        if verdict == "FOUND":
            return threat or "unnamed"
        if verdict != "OK":
            raise TransientError(f"The virus scanner could not scan the file: {threat}")
        return ""
