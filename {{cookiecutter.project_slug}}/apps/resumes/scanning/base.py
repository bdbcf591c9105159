"""What a virus scanner is."""

from abc import ABC, abstractmethod
from typing import IO


class VirusScanner(ABC):
    """Looks for what would harm whoever opens a file."""

    @abstractmethod
    def find_threat(self, content: IO[bytes], kind: str) -> str:
        """The name of the threat in a file, empty when there is none.

        Raises TransientError when the scanner may answer later, and PermanentError when the file
        can't be looked into.
        """
