"""Employers and their postings."""

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.models import Job
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job


@pytest.fixture
def employer(make_user: MakeUser) -> User:
    """Somebody who has jobs to give."""
    return make_user("employer", "Example Ltd")


@pytest.fixture
def client(employer: User, client_of: ClientOf) -> APIClient:
    """The employer's client."""
    return client_of(employer)


@pytest.fixture
def job(employer: User) -> Job:
    """A posting of the employer's."""
    return make_job(employer)
