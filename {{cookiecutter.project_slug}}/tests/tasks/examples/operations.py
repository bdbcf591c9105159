"""Housekeeping of the running project."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from background.models import Work
from operations.tasks import clear_expired_sessions
from tests.tasks.example import Example, FarEnds, call


def clear_sessions(far: FarEnds) -> Work:
    """A session that is over."""
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="over", expire_date=yesterday)
    return call(clear_expired_sessions)


EXAMPLES = [
    Example(
        task="operations.tasks.clear_expired_sessions",
        make=clear_sessions,
        effects=lambda _: 1 - Session.objects.count(),
    ),
]
