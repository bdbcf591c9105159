"""Pushes to phones."""

import logging
from typing import Any

import pytest

from apps.notifications.push import get_push_backend
from apps.notifications.tasks import push_to_phone


def test_the_local_backend_writes_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        push_to_phone(7, "Your resume is ready", "cv.pdf:\nmatch score 80", {"resume": "1"})

    (record,) = caplog.records
    line = record.getMessage()
    assert "user 7" in line
    assert "match score 80" in line
    assert "\n" not in line


def test_the_backend_is_a_setting(settings: Any) -> None:
    settings.PUSH_BACKEND = "tests.apps.notifications.test_push.Recorder"

    assert isinstance(get_push_backend(), Recorder)


class Recorder:
    """A backend of somebody's own."""
