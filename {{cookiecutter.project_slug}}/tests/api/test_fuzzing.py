"""Schemathesis against the running project: requests made from the OpenAPI document, good and bad.

The same ones each time; FUZZING_REQUESTS=500 in the environment makes a long hunt of it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.authtoken.models import Token

from tests.api.conftest import People
from tests.api.examples import EXAMPLES
from tests.support.processes import Process, start_web

REQUESTS = os.environ.get("FUZZING_REQUESTS", "5")
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
]


@pytest.fixture(scope="module")
def watched_web(
    servers: None, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Process, str]]:
    """A web server whose log is all about this."""
    web, url = start_web(tmp_path_factory.mktemp("web"))
    yield web, url
    web.kill()


def configuration(things: dict[str, Any]) -> str:
    """Good requests are about what is there, rather than about ids and pages out of the blue."""
    values = {"page": 1} | things
    places = {"query.page": "page"} | {f"path.{name}": name for name in things}
    for example in EXAMPLES:
        for field, value in example.body.items():
            name = str(value).strip("{}")
            if name.endswith("_id"):
                places[f"body.{field}"] = name
    lines = ["[auth]", "auto-signup = false"]
    for name, value in values.items():
        lines += [f"[dictionaries.{name}]", f"values = [{json.dumps(value, default=str)}]"]
    lines.append("[parameters]")
    lines += [f'"{place}" = {{ dictionary = "{name}" }}' for place, name in places.items()]
    return "\n".join(lines)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [*settings.ACCOUNT_ROLES, None])
def test_no_request_breaks_it_and_every_answer_is_as_described(
    watched_web: tuple[Process, str],
    people: People,
    things: dict[str, Any],
    role: str | None,
    tmp_path: Path,
) -> None:
    web, url = watched_web
    (tmp_path / "schemathesis.toml").write_text(configuration(things))
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/schema/"]
    command += ["--checks", ",".join(CHECKS), "--continue-on-failure", "--warnings", "off"]
    command += ["--generation-deterministic", "--max-examples", REQUESTS]
    if role:
        token = Token.objects.create(user=people[role])
        command += ["--header", f"Authorization: Token {token.key}"]

    # Whatever it leaves behind, it leaves in its own folder.
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Traceback" not in web.output
    assert "Internal Server Error" not in web.output
