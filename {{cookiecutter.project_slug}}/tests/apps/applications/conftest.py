"""The two sides of an application."""

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.models import Job
from apps.resumes.models import Resume
from tests.apps.applications.making import make_resume
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job


@pytest.fixture
def seeker(make_user: MakeUser) -> User:
    """Somebody who seeks a job."""
    return make_user("seeker", "Sue Seeker")


@pytest.fixture
def employer(make_user: MakeUser) -> User:
    """Somebody who has one."""
    return make_user("employer", "Example Ltd")


@pytest.fixture
def job(employer: User) -> Job:
    """It."""
    return make_job(employer)


@pytest.fixture
def resume(seeker: User) -> Resume:
    """The seeker's resume, read."""
    return make_resume(seeker)


@pytest.fixture
def client(seeker: User, client_of: ClientOf) -> APIClient:
    """The seeker's client."""
    return client_of(seeker)


@pytest.fixture
def employers_client(employer: User, client_of: ClientOf) -> APIClient:
    """The employer's client."""
    return client_of(employer)
