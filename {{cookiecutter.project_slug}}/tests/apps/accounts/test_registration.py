"""Registration: user and profile at once, the mail afterwards."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from rest_framework.test import APIClient

from apps.accounts import mails, services
from apps.accounts.cache import PROFILE_SECONDS, profile_key
from apps.accounts.models import Profile, User
from tests.fastdata.keys import seconds_left
from tests.support.mailbox import Mailbox
from tests.support.waiting import wait_until

ROLE = settings.ACCOUNT_ROLES[0]
ANSWERS = {
    "email": "ann@example.org",
    "password": "correct horse battery",
    "role": ROLE,
    "full_name": "Ann O'Neill",
}


def post(client: APIClient, **changes: str) -> Any:
    return client.post("/api/v1/auth/register/", ANSWERS | changes)


@pytest.mark.django_db
def test_registering_answers_with_the_profile(anonymous: APIClient) -> None:
    response = post(anonymous)

    user = User.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": user.pk,
        "email": "ann@example.org",
        "role": ROLE,
        "full_name": "Ann O'Neill",
    }
    assert user.check_password(ANSWERS["password"])


@pytest.mark.django_db
def test_an_address_is_taken_in_whatever_case(anonymous: APIClient) -> None:
    post(anonymous)

    response = post(anonymous, email="ANN@Example.org")

    assert response.status_code == 400
    assert "email" in response.json()
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_at_once_one_is_refused() -> None:
    def register(number: int) -> int:
        try:
            return int(post(APIClient()).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(register, range(4)))

    assert statuses == [201, 400, 400, 400]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", ""),
        ("password", "12345"),
        ("password", "password"),
        ("password", "ann@example.org"),
        ("role", "astronaut"),
        ("full_name", " "),
        ("full_name", "x" * 201),
    ],
)
def test_a_bad_answer_is_a_field_error(anonymous: APIClient, field: str, value: str) -> None:
    response = post(anonymous, **{field: value})

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_a_profile_there_is_no_user_and_no_mail(
    monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox
) -> None:
    def fail(**fields: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Profile.objects, "create", fail)

    with pytest.raises(RuntimeError):
        services.register(**ANSWERS)

    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_profile_is_cached_after_commit(anonymous: APIClient) -> None:
    profile = post(anonymous).json()

    key = profile_key(profile["id"])
    assert cache.get(key) == profile
    assert 0 < seconds_left(key) <= PROFILE_SECONDS


@pytest.mark.usefixtures("worker")
def test_the_welcome_mail_arrives(anonymous: APIClient, mailbox: Mailbox) -> None:
    post(anonymous)

    mail = mailbox.wait_for(to="ann@example.org")
    text, html = (part.get_content() for part in mail.iter_parts())
    assert mail["Subject"] == f"Welcome to {settings.PROJECT_NAME}, Ann O'Neill"
    assert "Hello Ann O'Neill," in text
    assert "Hello Ann O&#x27;Neill," in html


@pytest.mark.usefixtures("worker")
def test_the_welcome_mail_can_be_asked_for_again(
    user: User, client_of: Any, mailbox: Mailbox
) -> None:
    for _ in range(2):
        response = client_of(user).post("/api/v1/auth/welcome-mail/")
        assert response.status_code == 202

    wait_until(lambda: len(mailbox.to(user.email, subject="Welcome")) == 2)


def test_a_doubled_task_greets_once(user: User, mailoutbox: list[Any]) -> None:
    for request_id in ("", "", "1", "1", "2"):
        mails.send_welcome(user.pk, request_id)

    assert len(mailoutbox) == 3
