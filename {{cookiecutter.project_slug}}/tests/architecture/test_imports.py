"""Imports run one way, and each contract of pyproject.toml is shown to see one that does not."""

from pathlib import Path

import pytest

from config.paths import BASE_DIR
from tests.architecture.imports import CONTRACTS, broken_by, broken_contracts

DATA = "Imports run the way the data goes: apps use background and fastdata, never the reverse"
RUNNING = "Apps, background and fastdata know not how they run: settings come through django.conf"
OUTSIDE = "Operations watch the project from outside: they know no app"
LAYERS = "Inside an app: views, services, tasks, the subject's own modules, models"


def test_imports_run_the_way_the_data_goes() -> None:
    assert broken_contracts(BASE_DIR) == []


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("background/dispatch.py", "import apps.accounts", DATA),
        ("fastdata/cache.py", "import apps.accounts", DATA),
        ("apps/accounts/services.py", "from config import queues", RUNNING),
        ("apps/accounts/services.py", "from operations import health", RUNNING),
        ("background/dispatch.py", "from config import queues", RUNNING),
        ("fastdata/cache.py", "from operations import health", RUNNING),
        ("operations/health.py", "from apps.accounts import models", OUTSIDE),
        ("apps/accounts/views.py", "from apps.accounts import urls", LAYERS),
        ("apps/accounts/serializers.py", "from apps.accounts import views", LAYERS),
        ("apps/accounts/services.py", "from apps.accounts import serializers", LAYERS),
        ("apps/accounts/tasks.py", "from apps.accounts import views", LAYERS),
        ("apps/accounts/tasks.py", "from apps.accounts import services", LAYERS),
        ("apps/accounts/mails.py", "from apps.accounts import tasks", LAYERS),
        ("apps/accounts/models.py", "from apps.accounts import services", LAYERS),
        ("apps/accounts/models.py", "from apps.accounts import mails", LAYERS),
        ("apps/accounts/of_no_layer.py", "", LAYERS),
    ],
)
def test_an_import_against_the_way_breaks_its_contract(
    tmp_path: Path, module: str, statement: str, contract: str
) -> None:
    assert broken_by(statement, module, tmp_path) == [contract]


def test_every_app_stands_in_a_contract() -> None:
    apps = {f"apps.{folder.parent.name}" for folder in BASE_DIR.glob("apps/*/__init__.py")}
    inside = [
        name
        for contract in CONTRACTS
        for name in contract.get("containers", []) + contract.get("protected_modules", [])
    ]

    assert sorted(apps) == sorted(inside)
