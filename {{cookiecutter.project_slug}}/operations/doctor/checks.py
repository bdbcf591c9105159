"""The system checks, whose errors keep every other process from starting."""

from collections.abc import Iterator

from django.core.checks import run_checks

from operations.doctor.finding import Finding, bad, good

SUBJECT = "checks"


def findings() -> Iterator[Finding]:
    """Each error that a check finds, or that none does.

    They look at settings and code and wait for no server, so this is no question.
    """
    errors = [each for each in run_checks() if each.is_serious() and not each.is_silenced()]
    if not errors:
        yield good(SUBJECT, "No errors")
    for error in errors:
        whose = f"{error.obj}: " if error.obj else ""
        seen = f"{whose}{error.msg} ({error.id})"
        yield bad(SUBJECT, seen, error.hint or "Run manage.py check, which says where")
