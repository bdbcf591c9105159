"""Django's own checks in every variant, in one process start each."""

import pytest

from tests.conftest import Bake
from tests.real.environment import run, shared_environment
from tests.variants import VARIANTS, Variant

pytestmark = pytest.mark.real

CHECKS = """
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"

import django

django.setup()

from django.core.management import call_command

from config.celery import app
from config.queues import ROUTES
from config.schedule import SCHEDULE

call_command("check", fail_level="WARNING")
call_command("makemigrations", check=True, dry_run=True)

app.loader.import_default_modules()
unknown = {*ROUTES, *(entry["task"] for entry in SCHEDULE.values())} - set(app.tasks)
assert not unknown, f"no such task: {unknown}"
"""


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_project_passes_its_checks(variant: Variant, bake: Bake, python: str) -> None:
    run([python, "-c", CHECKS], bake(variant.answers), shared_environment())
