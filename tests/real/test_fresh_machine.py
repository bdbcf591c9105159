"""Two projects as their users install them: by uv, with their own dependencies alone."""

import os
from pathlib import Path

import pytest

from tests.conftest import Bake
from tests.files import python_files, runs_in_production
from tests.real.conftest import cases
from tests.real.development import development
from tests.real.environment import UV, run
from tests.real.test_development import check_processes, options, serve_a_person
from tests.variants import VARIANTS, Variant

pytestmark = pytest.mark.real

IMPORT_MODULES = """
import importlib
import sys

import django

django.setup()
for module in sys.argv[1:]:
    importlib.import_module(module)
"""

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "0123456789" * 5,
    "ALLOWED_HOSTS": "example.com",
    "DATABASE_URL": "postgres://user:password@database.invalid/project",
    "REDIS_URL": "redis://redis.invalid:6379",
    "EMAIL_URL": "smtp://mail.invalid:25",
    "DEFAULT_FROM_EMAIL": "noreply@example.com",
    "FRONTEND_URL": "https://example.com",
    "FLOWER_BASIC_AUTH": "user:password",
}
BROKERS = {
    "redis": {"CELERY_BROKER_URL": "redis://redis.invalid:6379/0"},
    "rabbitmq": {"CELERY_BROKER_URL": "amqp://rabbitmq.invalid"},
}


def modules_in_production(project: Path) -> list[str]:
    """Return every module of the project but the tools of development and other settings."""
    paths = [path.relative_to(project) for path in python_files(project)]
    return [
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in paths
        if runs_in_production(project / path, project) and path.parent != Path("config/settings")
    ]


@pytest.mark.parametrize("variant", cases([VARIANTS[0], VARIANTS[-1]]))
def test_project_lives_on_its_own_dependencies(
    variant: Variant, bake: Bake, environment: dict[str, str]
) -> None:
    project = bake(variant.answers)
    terminal = environment | {"PATH": os.environ["PATH"]}
    production = terminal | PRODUCTION | BROKERS[str(variant.answers["broker"])]

    modules = modules_in_production(project)
    run([UV, "sync", "--no-dev", "--all-extras"], project, terminal)
    python = str(project / ".venv" / "bin" / "python")
    run([python, "-c", IMPORT_MODULES, *modules], project, production)

    run([UV, "sync", "--no-dev"], project, terminal)
    run([python, "manage.py", "check"], project, production)

    run([UV, "sync"], project, terminal)
    with development(project, [UV, "run", "manage.py"], terminal, options(variant)) as running:
        serve_a_person(running, variant)
        check_processes(running, variant)
        running.interrupt()
