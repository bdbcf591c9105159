"""A forgotten password: the link goes to whom it belongs, and nobody learns who that is."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from apps.accounts import mails
from apps.accounts.models import User
from tests.apps.people import PASSWORD
from tests.support.mailbox import Mailbox

ASK = "/api/v1/auth/password-reset/"
CONFIRM = "/api/v1/auth/password-reset/confirm/"
NEW_PASSWORD = "staple horse correct"


def link_in(text: str) -> dict[str, str]:
    """The two values of the link in a mail."""
    url = next(line for line in text.splitlines() if line.startswith("http"))
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


@pytest.mark.usefixtures("worker")
def test_the_link_in_the_mail_sets_a_new_password(
    user: User, anonymous: APIClient, mailbox: Mailbox
) -> None:
    Token.objects.create(user=user)

    assert anonymous.post(ASK, {"email": user.email}).status_code == 202
    link = link_in(text_of(mailbox.wait_for(to=user.email)))
    answer = anonymous.post(CONFIRM, link | {"password": NEW_PASSWORD})

    assert answer.status_code == 204
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert not Token.objects.exists()
    again = anonymous.post(CONFIRM, link | {"password": PASSWORD})
    assert again.status_code == 400


def test_a_known_address_is_no_more_work_than_an_unknown_one(
    user: User, anonymous: APIClient
) -> None:
    with CaptureQueriesContext(connection) as known:
        assert anonymous.post(ASK, {"email": user.email}).status_code == 202
    with CaptureQueriesContext(connection) as unknown:
        assert anonymous.post(ASK, {"email": "nobody@example.org"}).status_code == 202

    assert len(known) == len(unknown)


@pytest.mark.django_db
def test_nobody_gets_a_mail_by_an_unknown_address(mailoutbox: list[Any]) -> None:
    mails.send_password_reset("nobody@example.org", "1")

    assert not mailoutbox


def test_each_request_is_answered_once(user: User, mailoutbox: list[Any]) -> None:
    for request_id in ("1", "1", "2"):
        mails.send_password_reset(user.email, request_id)

    assert len(mailoutbox) == 2


@pytest.mark.parametrize("uid", ["MQ", "!", "MTIzNDU2Nzg5", "w6Q", "x" * 64])
def test_a_wrong_link_is_a_field_error(user: User, anonymous: APIClient, uid: str) -> None:
    answer = anonymous.post(CONFIRM, {"uid": uid, "token": "x-y", "password": NEW_PASSWORD})

    assert answer.status_code == 400
    assert list(answer.json()) == ["token"]


def test_a_weak_password_is_refused_and_the_link_still_good(
    user: User, anonymous: APIClient, mailoutbox: list[Any]
) -> None:
    mails.send_password_reset(user.email, "1")
    link = link_in(mailoutbox[0].body)

    weak = anonymous.post(CONFIRM, link | {"password": "12345"})
    good = anonymous.post(CONFIRM, link | {"password": NEW_PASSWORD})

    assert list(weak.json()) == ["password"]
    assert good.status_code == 204
