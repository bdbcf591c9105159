"""Which changes of files are changes of code."""

from pathlib import Path

from watchfiles import Change, DefaultFilter

from config.paths import BASE_DIR

# Templates too: a process keeps those it has read.
SUFFIXES = {".py", ".html", ".txt", ".mo"}


def code_folders() -> list[Path]:
    """The packages of the project; the tests are nobody's process."""
    return sorted(
        folder.parent for folder in BASE_DIR.glob("*/__init__.py") if folder.parent.name != "tests"
    )


class CodeFilter(DefaultFilter):
    """Lets changes of code pass."""

    def __call__(self, change: Change, path: str) -> bool:
        """Whether this file holds code."""
        return Path(path).suffix in SUFFIXES and super().__call__(change, path)
