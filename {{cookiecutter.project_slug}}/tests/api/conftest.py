"""People of every role, what belongs to them, and requests in their names."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from rest_framework.test import APIClient

from apps.accounts import services
from apps.accounts.models import User
from tests.api.examples import make_things
from tests.apps.people import PASSWORD

JSON = "application/json"

type People = Mapping[str, User]
type Send = Callable[..., Any]
type Stored = Callable[[], dict[str, list[Any]]]


def make_people(name: str) -> People:
    """Somebody of each role, by role."""
    return {
        role: services.register(
            email=f"{name}@{role}.example.org", password=PASSWORD, role=role, full_name=name
        )
        for role in settings.ACCOUNT_ROLES
    }


@pytest.fixture
def people(db: None) -> People:
    """Somebody of each role, by role."""
    return make_people("ann")


@pytest.fixture
def strangers(db: None) -> People:
    """Others."""
    return make_people("bob")


@pytest.fixture
def things(people: People) -> dict[str, Any]:
    """What belongs to the people: ids and the like, by the names that addresses have for them."""
    return make_things(people)


@pytest.fixture
def send(things: dict[str, Any]) -> Send:
    """Send a request as somebody, None for nobody; names in the address stand for the things."""

    def send(
        user: User | None, method: str, path: str, body: str | bytes = b"", **options: Any
    ) -> Any:
        client = APIClient()
        client.force_authenticate(user)
        options = {"content_type": JSON} | options
        return client.generic(method, path.format_map(things), body, **options)

    return send


@pytest.fixture
def stored() -> Stored:
    """Read every row of every table."""

    def read() -> dict[str, list[Any]]:
        return {
            model._meta.label: list(model._base_manager.order_by("pk").values())
            for model in apps.get_models()
        }

    return read
