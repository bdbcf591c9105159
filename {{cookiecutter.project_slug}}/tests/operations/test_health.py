"""What a load balancer hears."""

import time

import pytest
from django.test import Client


def test_a_process_that_answers_is_live(client: Client) -> None:
    assert client.get("/health/live/").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_ready_names_everything_that_is_asked(client: Client) -> None:
    answer = client.get("/health/ready/")

    assert answer.status_code == 200
    assert answer.json()["checks"].items() >= {
        ("database", "ok"),
        ("broker", "ok"),
        ("cache", "ok"),
        ("data", "ok"),
    }


@pytest.mark.django_db(transaction=True)
def test_a_hung_redis_is_named_and_holds_nothing_up(
    client: Client, silent_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_CACHE_URL", f"redis://127.0.0.1:{silent_server}")
    began = time.monotonic()

    answer = client.get("/health/ready/")

    assert time.monotonic() - began < 5
    assert answer.status_code == 503
    assert answer.json()["checks"]["cache"] == "TimeoutError"
    assert answer.json()["checks"]["database"] == "ok"
