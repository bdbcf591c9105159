"""The webhook endpoints: one's own, and nobody else's."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.webhooks.models import URL_LENGTH, Attempt, Delivery, Subscription
from apps.webhooks.services import SUBSCRIPTIONS_PER_USER
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.webhooks.making import make_subscription

WEBHOOKS = "/api/v1/webhooks/"
WANTED = {"url": "https://example.org/hook", "events": ["job.expired", "application.received"]}


@pytest.fixture
def client(user: User, client_of: ClientOf) -> APIClient:
    """The user's client."""
    return client_of(user)


@pytest.fixture
def stranger(make_user: MakeUser, client_of: ClientOf) -> APIClient:
    """The client of somebody else."""
    return client_of(make_user())


@pytest.fixture
def webhook(user: User) -> Subscription:
    """A webhook of the user's."""
    return make_subscription(user, WANTED["url"])


def address(webhook: Subscription, rest: str = "") -> str:
    return f"{WEBHOOKS}{webhook.pk}/{rest}"


def test_they_are_for_users(anonymous: APIClient, webhook: Subscription) -> None:
    assert anonymous.get(WEBHOOKS).status_code == 401
    assert anonymous.post(WEBHOOKS, WANTED).status_code == 401
    assert anonymous.delete(address(webhook)).status_code == 401


def test_the_secret_is_shown_once(client: APIClient) -> None:
    answer = client.post(WEBHOOKS, WANTED)

    assert answer.status_code == 201
    new = answer.json()
    prefix, secret = new.pop("secret").split("_")
    assert (prefix, len(base64.b64decode(secret))) == ("whsec", 32)
    assert new["events"] == ["application.received", "job.expired"]
    assert new["is_active"] is True
    assert client.get(WEBHOOKS).json()["results"] == [new]
    assert "secret" not in client.patch(f"{WEBHOOKS}{new['id']}/", {}).json()


def test_every_webhook_has_a_secret_of_its_own(client: APIClient) -> None:
    secrets = {client.post(WEBHOOKS, WANTED).json()["secret"] for _ in range(3)}

    assert len(secrets) == 3


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "http://",
        "https:///hook",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org\n/",
        "https://a..b/",
        f"https://{'a' * 64}.org/",
        "https://[::1",
        "https://me@example.org/",
        "https://me:secret@example.org/",
        "http://127.0.0.2/",
        "http://127.2/",
        "http://0x7f000002/",
        "http://10.0.0.1:8000/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        f"https://example.org/{'a' * URL_LENGTH}",
    ],
    ids=lambda url: url[:30],
)
def test_a_url_that_no_webhook_may_go_to_is_refused(client: APIClient, url: str) -> None:
    answer = client.post(WEBHOOKS, WANTED | {"url": url})

    assert answer.status_code == 400
    assert list(answer.json()) == ["url"]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "https://example.org:8443/hook?key=a%20b",
        "https://bücher.example/ü",
        "https://hooks/",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]/",
    ],
)
def test_any_other_url_comes_back_as_it_was(client: APIClient, url: str) -> None:
    assert client.post(WEBHOOKS, WANTED | {"url": url}).json()["url"] == url


@pytest.mark.parametrize("events", [[], ["tea.ready"], ["job.expired", "*"], "job.expired", [1]])
def test_events_that_there_are_not_are_refused(client: APIClient, events: Any) -> None:
    answer = client.post(WEBHOOKS, WANTED | {"events": events})

    assert answer.status_code == 400
    assert list(answer.json()) == ["events"]
    assert not Subscription.objects.exists()


def test_there_is_an_end_to_webhooks(client: APIClient, stranger: APIClient) -> None:
    for _ in range(SUBSCRIPTIONS_PER_USER):
        assert client.post(WEBHOOKS, WANTED).status_code == 201

    answer = client.post(WEBHOOKS, WANTED)

    assert answer.status_code == 400
    assert answer.json() == {"non_field_errors": ["You have 10 webhooks already: delete one."]}
    assert stranger.post(WEBHOOKS, WANTED).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_end_holds_when_many_come_at_once(user: User, client_of: ClientOf) -> None:
    def post(_: int) -> int:
        try:
            return client_of(user).post(WEBHOOKS, WANTED).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(post, range(SUBSCRIPTIONS_PER_USER + 6)))

    assert sorted(statuses) == [201] * SUBSCRIPTIONS_PER_USER + [400] * 6


def test_a_webhook_is_changed_and_rests(client: APIClient, webhook: Subscription) -> None:
    changes = {"url": "https://new.example/", "events": ["job.expired"], "is_active": False}

    assert client.patch(address(webhook), changes).json().items() >= changes.items()

    webhook.refresh_from_db()
    assert (webhook.url, webhook.events, webhook.is_active) == tuple(changes.values())
    assert client.patch(address(webhook), {"is_active": True}).json()["is_active"] is True
    assert client.patch(address(webhook), {}).status_code == 200


def test_a_bad_change_changes_nothing(client: APIClient, webhook: Subscription) -> None:
    answer = client.patch(address(webhook), {"is_active": False, "url": "http://10.0.0.1/"})

    assert (answer.status_code, list(answer.json())) == (400, ["url"])
    webhook.refresh_from_db()
    assert webhook.is_active


def test_a_deleted_webhook_leaves_what_was_sent(
    client: APIClient, webhook: Subscription, user: User
) -> None:
    Delivery.objects.create(owner=user, subscription=webhook, event="job.expired", body="{}")

    assert client.delete(address(webhook)).status_code == 204

    assert client.delete(address(webhook)).status_code == 404
    assert Delivery.objects.get().subscription is None


def test_deliveries_tell_of_every_attempt_in_a_few_queries(
    client: APIClient, webhook: Subscription, user: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(21):
        delivery = Delivery.objects.create(
            owner=user, subscription=webhook, event="job.expired", body="{}"
        )
        Attempt.objects.create(delivery=delivery, number=2, http_status=204, milliseconds=12)
        Attempt.objects.create(delivery=delivery, number=1, problem="No answer", milliseconds=9)

    with django_assert_max_num_queries(4):
        page = client.get(address(webhook, "deliveries/")).json()

    assert (page["count"], len(page["results"])) == (21, 20)
    newest = page["results"][0]
    assert (newest["id"], newest["event"], newest["status"]) == (
        str(delivery.pk),
        "job.expired",
        "PENDING",
    )
    first, second = newest["attempts"]
    del first["at"], second["at"]
    assert first == {"number": 1, "http_status": None, "problem": "No answer", "milliseconds": 9}
    assert second == {"number": 2, "http_status": 204, "problem": "", "milliseconds": 12}


def test_nobody_sees_or_changes_what_is_not_theirs(
    stranger: APIClient, webhook: Subscription
) -> None:
    assert stranger.get(WEBHOOKS).json()["count"] == 0
    assert stranger.get(address(webhook, "deliveries/")).status_code == 404
    assert stranger.patch(address(webhook), {"is_active": False}).status_code == 404
    assert stranger.delete(address(webhook)).status_code == 404
    webhook.refresh_from_db()
    assert webhook.is_active
