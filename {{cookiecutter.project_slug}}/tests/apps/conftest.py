"""People who use the interface."""

from collections.abc import Callable
from itertools import count

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.apps import people

type MakeUser = Callable[..., User]
type ClientOf = Callable[[User], APIClient]


@pytest.fixture
def make_user(db: None) -> MakeUser:
    """Make users, by default of the first role."""
    numbers = count(1)

    def make(role: str = settings.ACCOUNT_ROLES[0], full_name: str = "Ann Example") -> User:
        return people.make_user(f"ann{next(numbers)}@example.org", role, full_name)

    return make


@pytest.fixture
def user(make_user: MakeUser) -> User:
    """Somebody who is registered."""
    return make_user()


@pytest.fixture
def anonymous() -> APIClient:
    """A client that nobody logged in with."""
    return APIClient()


@pytest.fixture
def client_of() -> ClientOf:
    """The client of a user who is logged in."""

    def client(user: User) -> APIClient:
        client = APIClient()
        client.force_authenticate(user)
        return client

    return client
