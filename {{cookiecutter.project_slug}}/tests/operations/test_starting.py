"""No process starts with settings in which a check sees an error."""

import sys
from pathlib import Path

import pytest

from config.processes import MANAGE, processes
from operations.servers.ports import free_port
from tests.support.processes import Process

WRONG = {"DJANGO_SETTINGS_MODULE": "tests.operations.eager_settings"}
HASTY = {"DJANGO_SETTINGS_MODULE": "tests.operations.hasty_settings"}


def assert_refuses(command: tuple[str, ...], folder: Path) -> None:
    """The command ends by itself, and says in a few lines what is wrong and what to do."""
    process = Process("refusing", list(command), folder, WRONG)
    try:
        assert process.wait() != 0
    finally:
        process.kill()
    assert "(background.E003)" in process.output
    assert "HINT: Remove CELERY_TASK_ALWAYS_EAGER" in process.output
    assert "Traceback" not in process.output
    assert len(process.output.splitlines()) < 10


@pytest.mark.parametrize("name", processes(port=0))
def test_no_process_of_the_project_starts(name: str, tmp_path: Path) -> None:
    assert_refuses(processes(port=free_port())[name].command, tmp_path)


@pytest.mark.parametrize("command", [("worker", "--all"), ("dev",)])
def test_what_starts_processes_ends(command: tuple[str, ...], tmp_path: Path) -> None:
    assert_refuses((*MANAGE, *command), tmp_path)


def test_a_web_server_of_several_processes_gives_up(tmp_path: Path) -> None:
    web = processes(port=free_port())["web"]

    server = Process("web", [*web.command, "--workers", "2"], tmp_path, WRONG)
    try:
        server.wait()
    finally:
        server.kill()
    assert "(background.E003)" in server.output


def test_a_warning_is_told_once_and_stops_nobody(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import config.asgi"]
    server = Process("web", command, tmp_path, HASTY)

    assert server.wait() == 0
    assert server.output.count("(operations.W001)") == 1
