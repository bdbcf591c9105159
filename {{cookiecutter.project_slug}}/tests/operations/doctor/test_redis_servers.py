"""Redis servers that lose what they are given, or let in whoever comes."""

from collections.abc import Callable, Iterator

import pytest

from config.redis import DATABASES, Role, url
from fastdata.connection import data
from operations.doctor import redis_servers
from operations.servers.ports import free_port
from tests.operations.doctor.findings import bad_about, findings_about

pytestmark = pytest.mark.django_db(transaction=True)

type Configure = Callable[[str, str], None]


@pytest.fixture
def configure(servers: None) -> Iterator[Configure]:
    """Change a parameter of the server for one test."""
    before: dict[str, str] = {}

    def change(name: str, value: str) -> None:
        before.update(data().config_get(name))
        data().config_set(name, value)

    yield change
    for name, value in before.items():
        data().config_set(name, value)


@pytest.fixture
def other_name() -> str:
    """The server of the tests under a name that does not look like this machine's."""
    return url(Role.DATA).replace("127.0.0.1", "127.1").rpartition("/")[0]


def test_a_server_that_keeps_everything_is_well() -> None:
    [finding] = findings_about("redis")

    assert finding.ok
    assert "append-only file, noeviction" in finding.seen
    assert f"cache {DATABASES[Role.CACHE]}, " in finding.seen


def test_a_server_that_forgets_messages_or_locks_is_told(configure: Configure) -> None:
    configure("maxmemory-policy", "allkeys-lru")

    [seen] = bad_about("redis")

    assert "forgets at will (allkeys-lru)" in seen
    assert "data" in seen
    assert "cache" not in seen


def test_a_server_that_keeps_nothing_is_told(configure: Configure) -> None:
    configure("appendonly", "no")

    [seen] = bad_about("redis")

    assert "keeps nothing when it restarts" in seen


def test_snapshots_count_as_keeping(configure: Configure) -> None:
    configure("appendonly", "no")
    configure("save", "3600 1")

    assert bad_about("redis") == []


def test_roles_that_share_a_database_under_two_names_are_told(
    monkeypatch: pytest.MonkeyPatch, other_name: str
) -> None:
    monkeypatch.setenv("REDIS_CACHE_URL", f"{other_name}/5")

    assert "cache, data share database 5 of one server" in bad_about("redis")


def test_a_server_elsewhere_without_a_password_is_told(
    monkeypatch: pytest.MonkeyPatch, other_name: str
) -> None:
    monkeypatch.setenv("REDIS_CACHE_URL", f"{other_name}/9")

    [seen] = bad_about("redis")

    assert seen.endswith("lets anybody in who reaches it, for cache")


def test_an_old_server_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_servers, "OLDEST", (99, 0))

    [seen] = bad_about("redis")

    assert "nobody has tried that" in seen


@pytest.mark.parametrize("kind", ["down", "hung"])
def test_a_server_that_does_not_answer_is_one_line_for_all_its_roles(
    monkeypatch: pytest.MonkeyPatch, silent_server: int, kind: str
) -> None:
    port = free_port() if kind == "down" else silent_server
    monkeypatch.setenv("REDIS_CACHE_URL", f"redis://127.0.0.1:{port}/0")
    monkeypatch.setenv("REDIS_SESSIONS_URL", f"redis://127.0.0.1:{port}/1")

    [seen] = bad_about("redis")

    assert seen == f"127.0.0.1:{port} (cache, sessions) does not answer"
