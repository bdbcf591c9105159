"""The address of any piece of work."""

from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from tests.sample.models import Parcel

pytestmark = pytest.mark.django_db


def client_of(email: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(get_user_model().objects.create_user(email, "secret"))
    return client


def test_the_one_who_started_it_sees_state_and_progress() -> None:
    client = client_of("sender@example.com")
    owner = get_user_model().objects.get()
    parcel = Parcel.objects.create(owner=owner, progress_current=3, progress_total=10)

    answer = client.get(f"/api/v1/tasks/{parcel.pk}/")

    assert answer.status_code == 200
    body = answer.json()
    assert body["id"] == str(parcel.pk)
    assert body["status"] == "PENDING"
    assert body["progress"] == {"current": 3, "total": 10}


def test_for_everybody_else_it_does_not_exist() -> None:
    owner = get_user_model().objects.create_user("sender@example.com", "secret")
    parcel = Parcel.objects.create(owner=owner)

    assert client_of("stranger@example.com").get(f"/api/v1/tasks/{parcel.pk}/").status_code == 404


def test_an_unknown_id_is_not_found_and_a_malformed_one_neither() -> None:
    client = client_of("sender@example.com")

    assert client.get(f"/api/v1/tasks/{uuid4()}/").status_code == 404
    assert client.get("/api/v1/tasks/1/").status_code == 404


def test_without_login_nobody_sees_anything() -> None:
    parcel = Parcel.objects.create()

    assert APIClient().get(f"/api/v1/tasks/{parcel.pk}/").status_code == 401
