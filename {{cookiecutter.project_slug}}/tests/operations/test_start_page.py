"""The start page shows developers and staff what runs, and others nothing of it."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from config.queues import Queue

pytestmark = pytest.mark.django_db


def test_visitors_see_where_to_go(client: Client) -> None:
    page = client.get("/").content.decode()

    assert 'href="/api/docs/"' in page
    assert 'href="/admin/"' in page
    assert "Queues" not in page


def test_developers_see_what_runs(client: Client, settings: Settings) -> None:
    settings.DEBUG = True

    page = client.get("/").content.decode()

    assert all(f"<dt>{queue}</dt>" in page for queue in Queue)
    assert settings.ACCOUNT_ROLES[0] in page


def test_staff_see_what_runs(client: Client) -> None:
    staff = get_user_model().objects.create_superuser("staff@example.com", "difference engine")
    client.force_login(staff)

    assert "Queues" in client.get("/").content.decode()
