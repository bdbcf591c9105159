"""The start page shows developers and staff what runs, and others nothing of it."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from config.queues import Queue

pytestmark = pytest.mark.django_db


def test_visitors_see_where_to_go(client: Client, settings: Settings) -> None:
    settings.START_PAGE_LINKS = {"The newest letters": "/letters/?sort=newest"}
    settings.START_PAGE_COMMANDS = {"manage.py load_letters": "Letters to read"}

    page = client.get("/").content.decode()

    assert 'href="/api/docs/"' in page
    assert 'href="/admin/"' in page
    assert '<a href="/letters/?sort=newest">The newest letters</a>' in page
    assert "Queues" not in page
    assert "Letters to read" not in page


def test_developers_see_what_runs_and_what_to_type(client: Client, settings: Settings) -> None:
    settings.DEBUG = True
    settings.START_PAGE_COMMANDS = {"manage.py load_letters": "Letters to read"}

    page = client.get("/").content.decode()

    assert all(f"<dt>{queue}</dt>" in page for queue in Queue)
    assert settings.ACCOUNT_ROLES[0] in page
    assert "Letters to read" in page
    assert "<code>manage.py load_letters</code>" in page


def test_what_is_offered_to_try_is_there(client: Client, settings: Settings) -> None:
    for address in settings.START_PAGE_LINKS.values():
        assert client.get(address).status_code == 200, address


def test_schedules_are_shown_as_cron_writes_them(client: Client, settings: Settings) -> None:
    settings.DEBUG = True

    assert "<dt>30 3 * * *</dt><dd>prune dead letters</dd>" in client.get("/").content.decode()


def test_staff_see_what_runs(client: Client) -> None:
    staff = get_user_model().objects.create_superuser("staff@example.com", "difference engine")
    client.force_login(staff)

    assert "Queues" in client.get("/").content.decode()
