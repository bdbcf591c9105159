"""Settings of rows of work that defeat each other."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_suspects(**kwargs: Any) -> Iterator[CheckMessage]:
    """A row becomes a suspect, which runs alone, before it is given up."""
    if settings.WORK_SUSPECT_CRASHES < 1:
        yield Error(
            "Every row is a suspect from the beginning, and suspects run one at a time",
            hint="Set WORK_SUSPECT_CRASHES to 1 or more",
            id="background.E026",
        )
    elif settings.WORK_SUSPECT_CRASHES >= settings.WORK_MAX_CRASHES:
        yield Error(
            "A row that kills its processes is never run alone, so that others die and end with it",
            hint=f"Set WORK_MAX_CRASHES to more than {settings.WORK_SUSPECT_CRASHES}",
            id="background.E026",
        )


CHECKS = (check_suspects,)
