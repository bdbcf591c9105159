"""A Flower that lets anybody in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.processes import processes
from tests.operations.doctor.findings import findings_about
from tests.support.processes import Process
from tests.support.waiting import wait_until

type StartFlower = Callable[[str], Process]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start_flower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartFlower]:
    """Start Flower with a login, or without one."""
    monkeypatch.delenv("FLOWER_BASIC_AUTH", raising=False)
    started: list[Process] = []

    def start(login: str) -> Process:
        flower = processes(port=0)["flower"]
        login_option = [f"--basic-auth={login}"] if login else []
        environment = {"FLOWER_PORT": flower.environment["FLOWER_PORT"]}
        started.append(Process("flower", [*flower.command, *login_option], tmp_path, environment))
        wait_until(lambda: "Not on" not in findings_about("flower")[0].seen)
        return started[-1]

    yield start
    for process in started:
        process.kill()


def test_without_a_login_it_is_told(start_flower: StartFlower) -> None:
    start_flower("")

    [finding] = findings_about("flower")

    assert not finding.ok
    assert "lets anybody in" in finding.seen


def test_with_a_login_what_is_open_all_the_same_is_a_hint(start_flower: StartFlower) -> None:
    start_flower("name:password")

    [finding] = findings_about("flower")

    assert finding.ok
    assert finding.remedy == "Let no proxy pass on /metrics and /healthcheck, which are open"


def test_that_there_is_none_is_well() -> None:
    [finding] = findings_about("flower")

    assert finding.ok
    assert finding.seen.startswith("Not on 127.0.0.1:")
