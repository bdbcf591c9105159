"""The map of Redis."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.redis import DATABASES, Role, url


def test_every_role_has_a_database() -> None:
    assert set(DATABASES) == set(Role)


def test_the_base_address_gives_every_role_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "rediss://user:secret@redis.example:6380/9?ssl_cert_reqs=none")

    assert url(Role.CACHE) == "rediss://user:secret@redis.example:6380/2?ssl_cert_reqs=none"


def test_a_role_of_its_own_address_ignores_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_CACHE_URL", "redis://cache.example:6379/7")

    assert url(Role.CACHE) == "redis://cache.example:6379/7"


def test_no_address_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL")

    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        url(Role.CACHE)
