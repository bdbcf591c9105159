"""What is tidied up at night."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from operations.tasks import clear_expired_sessions


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten_and_others_kept() -> None:
    for key, days in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=days))

    clear_expired_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
