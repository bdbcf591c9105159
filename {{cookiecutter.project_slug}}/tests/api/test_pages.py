"""The pages beside the interface: admin and documentation, with everything they load."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.support.processes import start_web

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)

each_model = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)


@pytest.fixture
def staff(db: None) -> Client:
    """The client of somebody who may do everything in the admin."""
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.org"))
    return client


def address(model: type[Model], page: str, *ids: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=ids)


@each_model
def test_the_admin_lists_and_searches_everything(staff: Client, model: type[Model]) -> None:
    for query in ({}, {"q": "Zoë 🦤 %_'"}, {"q": "a\x00b"}, {"q": "x" * 10_000}, {"p": "9" * 30}):
        assert staff.get(address(model, "changelist"), query).status_code in {200, 302}, query


@each_model
def test_the_admin_adds_by_a_form_or_not_at_all(staff: Client, model: type[Model]) -> None:
    may_add = admin.site._registry[model].has_add_permission(staff.get("/admin/").wsgi_request)

    assert staff.get(address(model, "add")).status_code == (200 if may_add else 403)


def test_the_admin_shows_every_thing_there_is(staff: Client, things: dict[str, Any]) -> None:
    shown = [(model, row) for model in REGISTERED for row in model._default_manager.all()]

    assert shown
    for model, row in shown:
        assert staff.get(address(model, "change", row.pk)).status_code == 200, model


@each_model
def test_the_admin_knows_no_wrong_id(staff: Client, model: type[Model]) -> None:
    for wrong in ("0", "9" * 30, "%00", "nothing", "_F0_9F_A6_A4"):
        page = address(model, "change", "ID").replace("ID", wrong)

        assert staff.get(page).status_code in {302, 404}, wrong


@pytest.fixture(scope="module")
def developers_web(
    servers: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A web server as in development, which serves the static files too."""
    development = {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
    web, url = start_web(tmp_path_factory.mktemp("web"), env=development)
    yield url
    web.kill()


def load(url: str) -> tuple[str, bytes]:
    """The type and the content of what is there; raises HTTPError when it is not."""
    with urlopen(url, timeout=30) as answer:
        return answer.headers.get_content_type(), answer.read()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/api/docs/", "/admin/login/"])
def test_a_page_loads_with_all_its_files_from_here(developers_web: str, path: str) -> None:
    kind, page = load(developers_web + path)
    files = re.findall(r'(?:src|href)="([^"#]+\.(?:css|js|png|svg))"', page.decode())

    assert kind == "text/html"
    assert files
    for file in files:
        assert file.startswith("/static/"), file
        kind, content = load(developers_web + file)
        assert kind in {"text/css", "text/javascript", "image/png", "image/svg+xml"}, file
        assert content, file


@pytest.mark.django_db(transaction=True)
def test_the_documentation_shows_the_openapi_document(developers_web: str) -> None:
    _, page = load(f"{developers_web}/api/docs/")
    kind, document = load(f"{developers_web}/api/schema/")

    assert b"/api/schema/" in page
    assert kind == "application/vnd.oai.openapi"
    assert document.startswith(b"openapi: 3")
