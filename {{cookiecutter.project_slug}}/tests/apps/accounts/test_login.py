"""Login by e-mail address and password."""

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.apps.people import PASSWORD

LOGIN = "/api/v1/auth/login/"
ME = "/api/v1/auth/me/"


def test_the_token_logs_in(user: User, anonymous: APIClient) -> None:
    answer = anonymous.post(LOGIN, {"email": user.email.upper(), "password": PASSWORD})
    anonymous.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")

    assert anonymous.get(ME).json()["email"] == user.email


def test_the_token_stays_the_same(user: User, anonymous: APIClient) -> None:
    credentials = {"email": user.email, "password": PASSWORD}

    assert anonymous.post(LOGIN, credentials).json() == anonymous.post(LOGIN, credentials).json()


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"email": "nobody@example.org"}, {"password": f" {PASSWORD}"}]
)
def test_wrong_credentials_do_not_tell_which_is_wrong(
    user: User, anonymous: APIClient, wrong: dict[str, str]
) -> None:
    answer = anonymous.post(LOGIN, {"email": user.email, "password": PASSWORD} | wrong)

    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": ["E-mail address or password is wrong."]}


def test_a_deactivated_user_is_out(user: User, anonymous: APIClient) -> None:
    User.objects.update(is_active=False)

    assert anonymous.post(LOGIN, {"email": user.email, "password": PASSWORD}).status_code == 400


@pytest.mark.django_db
def test_nobody_is_let_in_without_a_login(anonymous: APIClient) -> None:
    assert anonymous.get(ME).status_code == 401


def test_losing_the_cache_logs_nobody_out(user: User, anonymous: APIClient) -> None:
    anonymous.force_login(user)
    assert caches["sessions"].keys("*")

    caches["sessions"].clear()

    assert anonymous.get(ME).json()["email"] == user.email
