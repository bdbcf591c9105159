"""Rows whose lease was lost."""

from background.models import Work


def taken_away[W: Work](work: W) -> W:
    """A row in our hands as we still see it, while somebody else has its next attempt."""
    rows = type(work)._default_manager.filter(pk=work.pk)
    rows.update(attempts=work.attempts + 1)
    return work
