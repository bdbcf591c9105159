"""Seekers and their resumes."""

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.resumes import services
from apps.resumes.models import Resume
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.resumes.files import TEXT

type Upload = Callable[..., Resume]


def stored_files() -> set[str]:
    """The files of resumes in the storage."""
    if not default_storage.exists("resumes"):
        return set()
    return set(default_storage.listdir("resumes")[1])


@pytest.fixture
def seeker(make_user: MakeUser) -> User:
    """Somebody who seeks a job."""
    return make_user("seeker")


@pytest.fixture
def client(seeker: User, client_of: ClientOf) -> APIClient:
    """The seeker's client."""
    return client_of(seeker)


@pytest.fixture
def upload(seeker: User) -> Upload:
    """Upload a resume of the seeker."""

    def upload(content: bytes = TEXT, name: str = "cv.txt") -> Resume:
        return services.upload(seeker, SimpleUploadedFile(name, content))

    return upload
