"""Servers whose loss must stop nobody: results, cache, sessions, channels and data of Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from django.conf import settings
from django_redis.cache import RedisCache

from apps.accounts.cache import profile_key
from config.redis import DATABASES, Role
from operations.servers.valkey import Valkey
from tests.apps.people import make_user
from tests.faults.conftest import FAULTS, PIECES, Expect
from tests.faults.load import Load
from tests.faults.site import Site
from tests.faults.visitors import PATIENCE_OF_A_USER, Web

# Core work needs none of these; in production most of them have a server of their own.
ROLES = [role for role in Role if role.name != "BROKER"]
# What may be forgotten.
CACHES = [Role.CACHE, Role.SESSIONS]
# The room of a small cache, and what is kept there (bytes).
ROOM = 4 * 1024**2
PAGE = b"x" * 10_000


def test_everything_of_redis_but_the_broker_is_down(
    load: Load, site: Site, expect_everything_once: Expect, tmp_path: Path
) -> None:
    aside = Valkey(tmp_path)
    site.environment |= leading_to(aside, ROLES)
    aside.start()
    site.start()
    web = Web(site.start_web())
    load.start(PIECES // 2)
    load.wait_for_progress(PIECES // 8)

    aside.kill()
    load.start(PIECES // 2)
    load.request(web, PIECES // 10)

    assert web.slowest < PATIENCE_OF_A_USER
    expect_everything_once("all of Redis but the broker down", 1)


def test_a_cache_without_room_forgets_and_goes_on(
    load: Load, site: Site, expect_everything_once: Expect, tmp_path: Path
) -> None:
    with small_cache(tmp_path) as server:
        site.environment |= leading_to(server, CACHES)
        cache = RedisCache(site.environment[Role.CACHE.value], settings.CACHES["default"])
        site.start()
        web = Web(site.start_web())
        reader = make_user("reader@example.org")

        for _ in load.in_portions(PIECES, FAULTS):
            overfill(cache)
            assert web.get("auth/me/", reader)["email"] == reader.email
            assert cache.get(profile_key(reader.pk)), "The web server does not cache any more"

        with redis.Redis(port=server.port) as client:
            assert client.info("stats")["evicted_keys"] >= FAULTS * ROOM // len(PAGE)
        expect_everything_once("cache at maxmemory", FAULTS)


def leading_to(server: Valkey, roles: list[Role]) -> dict[str, str]:
    """The variables that give these roles to a server."""
    url = server.environment["REDIS_URL"]
    return {role.value: f"{url}/{DATABASES[role]}" for role in roles}


@contextmanager
def small_cache(folder: Path) -> Iterator[Valkey]:
    """A server as production has it for caches, with little room."""
    server = Valkey(folder)
    server.start()
    try:
        with redis.Redis(port=server.port) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            client.config_set("maxmemory", ROOM)
        yield server
    finally:
        server.stop()


def overfill(cache: RedisCache) -> None:
    """Cache twice what there is room for; what was written last is there."""
    for number in range(2 * ROOM // len(PAGE)):
        cache.set(f"page:{number}", PAGE)
        assert cache.get(f"page:{number}") == PAGE
