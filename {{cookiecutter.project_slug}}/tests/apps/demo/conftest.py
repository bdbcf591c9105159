"""The demo, loaded."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

type Load = Callable[[], str]


@pytest.fixture
def load(
    settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Load:
    """Run the command as a developer does; what it prints."""
    settings.DEBUG = True

    def load() -> str:
        output = StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("load_demo", stdout=output)
        return output.getvalue()

    return load


@pytest.fixture
def demo(db: None, load: Load) -> str:
    """The demo is there; what the command printed."""
    return load()
