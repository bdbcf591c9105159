"""A Flower that lets anybody in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.processes import processes
from operations.doctor.finding import Finding
from tests.operations.doctor.findings import findings_about
from tests.support.processes import Process
from tests.support.serving import HttpService, serving
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


@pytest.mark.parametrize("login", ["", "name:password"])
def test_under_a_prefix_it_is_asked_there(
    start_flower: StartFlower, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    monkeypatch.setenv("FLOWER_URL_PREFIX", "/watch")
    start_flower(login)

    [finding] = findings_about("flower")

    assert ("asks for a login" in finding.seen) == bool(login)
    assert ("lets anybody in" in finding.seen) != bool(login)


@pytest.mark.parametrize(
    ("status", "location"), [(401, ""), (403, ""), (302, "/watch/login?next=%2Fwatch%2Fworkers")]
)
def test_a_refusal_or_the_way_to_a_login_is_well(
    monkeypatch: pytest.MonkeyPatch, status: int, location: str
) -> None:
    finding = finding_when_told(monkeypatch, status, location)

    assert finding.ok
    assert "asks for a login" in finding.seen


@pytest.mark.parametrize(("status", "location"), [(404, ""), (500, ""), (302, "/dashboard")])
def test_any_other_answer_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, status: int, location: str
) -> None:
    finding = finding_when_told(monkeypatch, status, location)

    assert not finding.ok
    assert f"answers {status}" in finding.seen
    assert "not known whether it lets people in" in finding.seen
    assert "FLOWER_URL_PREFIX" in finding.remedy


def test_that_there_is_none_is_well() -> None:
    [finding] = findings_about("flower")

    assert finding.ok
    assert finding.seen.startswith("Not on 127.0.0.1:")


def finding_when_told(monkeypatch: pytest.MonkeyPatch, status: int, location: str) -> Finding:
    """The finding about a Flower that answers whatever it is asked in this way."""
    with serving(HttpService((status, b""))) as service:
        service.headers = {"Location": location} if location else {}
        monkeypatch.setenv("FLOWER_PORT", str(service.server_port))
        [finding] = findings_about("flower")
    return finding
