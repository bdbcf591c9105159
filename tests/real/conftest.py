"""The environment and the broker that real runs need."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Bake
from tests.real.environment import install_shared_environment, shared_environment
from tests.variants import Answers, Variant, variants_to_test

FIND_SERVERS = """
import pathlib
import sys

from operations.servers import choose_servers

for server in choose_servers(pathlib.Path(sys.argv[1]), temporary=True):
    try:
        server.start()
    finally:
        server.stop()
"""

FIND_POSTGRES = """
import sys

from tests.support.postgres import installed

sys.exit(not installed())
"""

# So that of several processes none is left with the last long one alone.
LONGEST_FIRST = ["faults", "suites", "fresh_machine", "development", "checks"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long tests before short ones, and all of these behind those that start nothing."""
    places = {f"tests.real.test_{name}": place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.module.__name__, -1))


def all_is_required() -> bool:
    """Return whether nothing may be skipped for want of a server on this machine."""
    return os.environ.get("REQUIRE_ALL") == "1"


def cases(variants: list[Variant]) -> list[object]:
    """Return the parameters for real runs.

    Those on RabbitMQ come one after another where they share a server: one that was named, or the
    one of this machine when no node of their own can be started.
    """
    shared = "CELERY_BROKER_URL" in os.environ or not shutil.which("rabbitmq-server")
    together = pytest.mark.xdist_group("rabbitmq")
    return [
        pytest.param(
            each,
            id=str(each),
            marks=[together] if shared and each.answers["broker"] == "rabbitmq" else [],
        )
        for each in variants
    ]


@pytest.fixture(scope="session")
def python(baked: Callable[[Answers], Path]) -> str:
    """Return a Python in which every variant runs."""
    return str(install_shared_environment([baked(each.answers) for each in variants_to_test()]))


@pytest.fixture(scope="session")
def no_rabbitmq(python: str, bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return why a project finds no RabbitMQ here, empty if it does."""
    project = bake({"broker": "rabbitmq"})
    found = subprocess.run(
        [python, "-c", FIND_SERVERS, tmp_path_factory.mktemp("servers")],
        cwd=project,
        env=broker_environment("rabbitmq"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    if found.returncode == 0:
        return ""
    return found.stderr.strip().splitlines()[-1].removeprefix("operations.servers.ServerError: ")


@pytest.fixture(scope="session")
def has_postgres(python: str, bake: Bake) -> bool:
    """Return whether a project finds the programs of Postgres here."""
    command = [python, "-c", FIND_POSTGRES]
    return not subprocess.run(command, cwd=bake({}), env=shared_environment()).returncode


def broker_environment(broker: str) -> dict[str, str]:
    """Return the shared environment; a broker that the user named is for RabbitMQ runs only."""
    environment = shared_environment()
    if broker == "rabbitmq" and "CELERY_BROKER_URL" in os.environ:
        environment["CELERY_BROKER_URL"] = os.environ["CELERY_BROKER_URL"]
    return environment


@pytest.fixture
def environment(variant: Variant, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return what a run of the variant needs in its environment; skip it without its broker."""
    broker = str(variant.answers["broker"])
    if broker == "rabbitmq" and (reason := request.getfixturevalue("no_rabbitmq")):
        if all_is_required():
            pytest.fail(f"REQUIRE_ALL is set, but: {reason}")
        pytest.skip(reason)
    return broker_environment(broker)
