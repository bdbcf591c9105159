"""Webhooks in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.webhooks.models import Attempt
from tests.apps.webhooks.making import make_delivery


@pytest.mark.parametrize("kind", ["subscription", "delivery"])
def test_the_admin_lists_and_finds_them(admin_client: Client, user: User, kind: str) -> None:
    make_delivery(user, "https://example.org/hook")

    answer = admin_client.get(
        reverse(f"admin:webhooks_{kind}_changelist"), {"q": "https://example.org/hook"}
    )

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 1


def test_the_admin_shows_the_attempts_of_a_delivery(admin_client: Client, user: User) -> None:
    delivery = make_delivery(user, "https://example.org/hook")
    Attempt.objects.create(delivery=delivery, number=1, http_status=418, problem="A teapot")

    page = admin_client.get(reverse("admin:webhooks_delivery_change", args=[delivery.pk]))

    assert "418" in page.content.decode()
    assert "A teapot" in page.content.decode()


def test_the_admin_keeps_secrets(admin_client: Client, user: User) -> None:
    subscription = make_delivery(user, "https://example.org/hook").subscription
    assert subscription

    page = admin_client.get(reverse("admin:webhooks_subscription_change", args=[subscription.pk]))

    assert page.status_code == 200
    assert "https://example.org/hook" in page.content.decode()
    assert subscription.secret not in page.content.decode()
    assert "whsec_" not in page.content.decode()
