"""The notification endpoints: one's own, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.notifications.models import Device, Notification, Preferences
from apps.notifications.services import DEVICES_PER_USER
from tests.apps.conftest import ClientOf, MakeUser

NOTIFICATIONS = "/api/v1/notifications/"
PREFERENCES = f"{NOTIFICATIONS}preferences/"
DEVICES = f"{NOTIFICATIONS}devices/"


@pytest.fixture
def client(user: User, client_of: ClientOf) -> APIClient:
    """The user's client."""
    return client_of(user)


@pytest.fixture
def stranger(make_user: MakeUser, client_of: ClientOf) -> APIClient:
    """The client of somebody else."""
    return client_of(make_user())


def notify(user: User, **columns: Any) -> Notification:
    columns = {"kind": "tea.ready", "title": "Tea is ready", "body": "Hot"} | columns
    return Notification.objects.create(user=user, **columns)


def titles(client: APIClient) -> list[str]:
    return [each["title"] for each in client.get(NOTIFICATIONS).json()["results"]]


def tokens(client: APIClient) -> list[str]:
    return [each["token"] for each in client.get(DEVICES).json()["results"]]


@pytest.mark.parametrize("address", [NOTIFICATIONS, PREFERENCES, DEVICES])
def test_they_are_for_users(db: None, anonymous: APIClient, address: str) -> None:
    assert anonymous.get(address).status_code == 401


def test_the_list_is_ones_own_newest_first(
    client: APIClient, stranger: APIClient, user: User
) -> None:
    for number in range(25):
        notify(user, title=f"Tea {number}", data={"tea": number})
    notify(user, title="By mail alone", in_app=False)

    first = client.get(NOTIFICATIONS).json()

    assert first["count"] == 25
    assert titles(client) == [f"Tea {number}" for number in range(24, 4, -1)]
    assert first["results"][0]["data"] == {"tea": 24}
    assert len(client.get(first["next"]).json()["results"]) == 5
    assert titles(stranger) == []


def test_reading_is_noted_once(client: APIClient, user: User) -> None:
    notification = notify(user)
    address = f"{NOTIFICATIONS}{notification.pk}/read/"

    first = client.post(address).json()
    second = client.post(address).json()

    assert first["read_at"] == second["read_at"] is not None
    assert client.get(NOTIFICATIONS).json()["results"][0]["read_at"] == first["read_at"]


def test_nobody_reads_what_is_not_theirs(stranger: APIClient, user: User) -> None:
    notification = notify(user)

    assert stranger.post(f"{NOTIFICATIONS}{notification.pk}/read/").status_code == 404
    assert stranger.post(f"{NOTIFICATIONS}{uuid4()}/read/").status_code == 404
    notification.refresh_from_db()
    assert notification.read_at is None


def test_preferences_are_the_defaults_until_they_are_changed(client: APIClient) -> None:
    defaults = {"in_app": True, "push": True, "mail": True, "sms": False, "phone": ""}
    assert client.get(PREFERENCES).json() == defaults

    answer = client.patch(PREFERENCES, {"mail": False})

    assert answer.json() == defaults | {"mail": False}
    assert client.get(PREFERENCES).json() == defaults | {"mail": False}


def test_text_messages_need_a_number(client: APIClient) -> None:
    assert list(client.patch(PREFERENCES, {"sms": True}).json()) == ["phone"]

    client.patch(PREFERENCES, {"phone": "+4930123456"})
    assert client.patch(PREFERENCES, {"sms": True}).json()["sms"] is True
    assert client.patch(PREFERENCES, {"phone": ""}).status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "030 123456"),
        ("phone", "+0123456789"),
        ("phone", "+49301234567890123"),
        ("phone", "+4930123456\n1"),
        ("mail", "perhaps"),
        ("mail", None),
    ],
)
def test_a_bad_preference_is_a_field_error(client: APIClient, field: str, value: Any) -> None:
    answer = client.patch(PREFERENCES, {field: value})

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not Preferences.objects.exists()


def test_a_device_is_registered_once(client: APIClient) -> None:
    first = client.post(DEVICES, {"token": "phone"})
    second = client.post(DEVICES, {"token": "phone"})

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert tokens(client) == ["phone"]


def test_a_phone_that_changes_hands_is_the_new_owners(
    client: APIClient, stranger: APIClient
) -> None:
    client.post(DEVICES, {"token": "phone"})

    stranger.post(DEVICES, {"token": "phone"})

    assert (tokens(client), tokens(stranger)) == ([], ["phone"])


def test_of_too_many_devices_the_oldest_make_room(client: APIClient) -> None:
    numbers = range(DEVICES_PER_USER + 2)
    for number in numbers:
        client.post(DEVICES, {"token": f"phone {number}"})

    assert Device.objects.count() == DEVICES_PER_USER
    assert tokens(client)[0] == f"phone {numbers[-1]}"
    assert "phone 1" not in tokens(client)


@pytest.mark.parametrize("token", ["", " ", "x" * 513, "a\x00b", None])
def test_a_bad_token_is_a_field_error(client: APIClient, token: str | None) -> None:
    answer = client.post(DEVICES, {"token": token})

    assert answer.status_code == 400
    assert list(answer.json()) == ["token"]
    assert not Device.objects.exists()


def test_a_device_is_dropped_by_its_owner_alone(client: APIClient, stranger: APIClient) -> None:
    address = f"{DEVICES}{client.post(DEVICES, {'token': 'phone'}).json()['id']}/"

    assert stranger.delete(address).status_code == 404
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert client.delete(f"{DEVICES}{10**30}/").status_code == 404
    assert tokens(client) == []
