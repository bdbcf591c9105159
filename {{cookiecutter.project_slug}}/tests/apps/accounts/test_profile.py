"""One's own profile: cache first, refreshed when it changes."""

from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from apps.accounts.models import Profile, User
from tests.apps.conftest import ClientOf

ME = "/api/v1/auth/me/"


def test_a_cached_profile_touches_no_table(
    user: User, client_of: ClientOf, django_assert_num_queries: Any
) -> None:
    client = client_of(user)
    first = client.get(ME).json()

    with django_assert_num_queries(0):
        assert client.get(ME).json() == first


def test_a_change_is_seen_at_once(user: User, client_of: ClientOf) -> None:
    client = client_of(user)
    client.get(ME)

    answer = client.patch(ME, {"full_name": "Ann Married", "role": "admin", "email": "x@y.org"})

    assert answer.status_code == 200
    assert answer.json()["full_name"] == "Ann Married"
    assert client.get(ME).json() == answer.json()
    assert answer.json()["email"] == user.email
    assert Profile.objects.get().role != "admin"


@pytest.mark.django_db
def test_somebody_made_for_the_admin_has_no_role(client_of: ClientOf) -> None:
    boss = User.objects.create_superuser("boss@example.org", "correct horse battery")

    assert client_of(boss).get(ME).json()["role"] is None
    assert client_of(boss).patch(ME, {"full_name": "Boss"}).json()["full_name"] == "Boss"


def test_no_change_is_no_error(user: User, client_of: ClientOf) -> None:
    assert client_of(user).patch(ME, {}).json() == client_of(user).get(ME).json()


@pytest.mark.django_db
def test_the_admin_adds_a_user_by_address(admin_client: APIClient) -> None:
    admin_client.post(
        reverse("admin:accounts_user_add"),
        {
            "email": "New@Example.org",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "profile-TOTAL_FORMS": 0,
            "profile-INITIAL_FORMS": 0,
        },
    )

    assert User.objects.filter(email="new@example.org").exists()


@pytest.mark.django_db(transaction=True)
def test_the_cache_follows_the_admin(
    user: User, admin_client: APIClient, client_of: ClientOf
) -> None:
    client = client_of(user)
    client.get(ME)

    answer = admin_client.post(
        reverse("admin:accounts_user_change", args=[user.pk]),
        {
            "email": user.email,
            "is_active": "on",
            "profile-TOTAL_FORMS": 1,
            "profile-INITIAL_FORMS": 1,
            "profile-0-id": Profile.objects.get().pk,
            "profile-0-user": user.pk,
            "profile-0-role": Profile.objects.get().role,
            "profile-0-full_name": "Ann By Admin",
        },
    )

    assert answer.status_code == 302
    assert client.get(ME).json()["full_name"] == "Ann By Admin"
