"""Lines of several processes on one terminal, each behind the name of its process."""

import os
import sys
from collections.abc import Iterable
from itertools import cycle
from typing import TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93)


class Console:
    """Writes lines for the processes of these names, and for the runner itself."""

    def __init__(self, names: Iterable[str], stream: TextIO = sys.stdout) -> None:
        self.is_lost = False
        self._stream = stream
        everybody = ["dev", *names]
        self._width = max(map(len, everybody))
        self._colours = dict(zip(everybody, cycle(COLOURS), strict=False))
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ

    def line(self, name: str, text: str) -> None:
        """A line that a process has written."""
        prefix = f"{name:{self._width}} |"
        if self._coloured:
            prefix = f"\x1b[{self._colours[name]}m{prefix}\x1b[0m"
        self.plain(f"{prefix} {text}")

    def say(self, text: str) -> None:
        """A line of the runner itself."""
        self.line("dev", text)

    def plain(self, text: str) -> None:
        """A line of its own; once nobody reads them any more, lines vanish."""
        if self.is_lost:
            return
        try:
            print(text, file=self._stream, flush=True)
        except OSError:
            self.is_lost = True
            # Or the interpreter would try once more to write the line when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
