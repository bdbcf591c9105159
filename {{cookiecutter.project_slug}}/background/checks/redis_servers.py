"""Who shares a Redis database with whom, and what happens when a server hangs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from celery import current_app
from channels_redis.utils import decode_hosts
from django.conf import settings
from django.core.checks import CheckMessage, Error
from redis.connection import parse_url

from background.checks.resolved import RABBITMQ, REDIS, broker

LOOPBACK = {"localhost", "::1", "127.0.0.1"}
TIME_OUTS = {
    REDIS: {"socket_timeout", "socket_connect_timeout"},
    RABBITMQ: {"connect_timeout", "read_timeout", "write_timeout"},
}


class Database(NamedTuple):
    """One database of one Redis, however its address is written.

    The server of a socket is its path; behind sentinels it is the name that they know it by.
    """

    server: str
    port: int
    number: int

    def __str__(self) -> str:
        return f"{self.server}:{self.port}/{self.number}"


def check_databases(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every role has a database of its own: emptying a cache would empty the queues beside it."""
    roles = defaultdict[Database, set[str]](set)
    for role, parts in servers():
        roles[database_of(parts)].add(role)
    for database, sharers in roles.items():
        if len(sharers) > 1:
            yield Error(
                f"One Redis database is {' and '.join(sorted(sharers))}: {database}",
                hint="Give each another number at the end of its address; config/redis.py is the "
                "map",
                id="background.E007",
            )


def check_time_outs(**kwargs: Any) -> Iterator[CheckMessage]:
    """Nobody waits for ever for a server that hangs."""
    for role, given, needed in _time_outs():
        missing = sorted(needed - {name.lower() for name, seconds in given.items() if seconds})
        if missing:
            yield Error(
                f"Without {' and '.join(missing)} a server that hangs stops whoever uses {role}",
                hint="Set them to seconds, such as 5, beside its address",
                id="background.E008",
            )


def check_cache_expiry(**kwargs: Any) -> Iterator[CheckMessage]:
    """What is cached goes away by itself."""
    for alias, cache in _caches().items():
        if cache.get("TIMEOUT", 300) is None:
            yield Error(
                f"What is in the cache {alias} stays for ever, until its server is full",
                hint=f"Set TIMEOUT of CACHES[{alias!r}] to seconds, such as 300",
                id="background.E009",
            )


def servers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each role and the parts of an address it has; what is not on Redis is left out."""
    for role, url, master in _addresses():
        if parts := parts_of(url, master):
            yield role, parts
    for role, host in _channel_hosts():
        yield role, host | parts_of(str(host.get("address", "")))


def parts_of(url: str, master: str = "") -> dict[str, Any]:
    """What redis-py reads in an address: host, port, db, password; nothing when it is no Redis.

    `master` is the host behind sentinels.
    """
    scheme, _, rest = url.partition("://")
    match scheme:
        case "redis" | "rediss" | "unix":
            return dict(parse_url(url))  # type: ignore[no-untyped-call]
        case "redis+socket":
            return parts_of(f"unix://{rest.replace('virtual_host=', 'db=')}")
        case "sentinel":
            return parts_of(f"redis://{rest}") | {"host": master, "port": 6379}
    return {}


def database_of(parts: Mapping[str, Any]) -> Database:
    """The database that the parts of an address lead to."""
    if "path" in parts:
        return Database(parts["path"], 0, parts.get("db", 0))
    server = str(parts.get("master_name") or parts.get("host", "localhost")).lower()
    server = "127.0.0.1" if server in LOOPBACK else server
    return Database(server, parts.get("port", 6379), parts.get("db", 0))


def is_remote(parts: Mapping[str, Any]) -> bool:
    """Whether a network lies between us and the server of an address."""
    return "path" not in parts and parts.get("host", "localhost") not in LOOPBACK


def _addresses() -> Iterator[tuple[str, str, str]]:
    """Each role, an address it is given, and what sentinels there call the server."""
    conf = current_app.conf
    # Mostly the same; each is looked at once.
    for url in dict.fromkeys((*_each(conf.broker_read_url), *_each(conf.broker_write_url))):
        yield "the broker", url, conf.broker_transport_options.get("master_name", "")
    for url in _each(conf.result_backend):
        yield "results", url, conf.result_backend_transport_options.get("master_name", "")
    for alias, cache in _caches().items():
        for url in _each(cache.get("LOCATION")):
            yield f"the cache {alias}", url, ""
    yield "data", settings.REDIS_DATA_URL, ""


def _each(urls: str | Iterable[str] | None) -> list[str]:
    """The addresses of a setting: several are a list, or one text with commas or semicolons."""
    if isinstance(urls, str):
        return urls.replace(";", ",").split(",")
    return list(urls or ())


def _caches() -> Mapping[str, Any]:
    return settings.CACHES


def _channel_hosts() -> Iterator[tuple[str, dict[str, Any]]]:
    layers: Mapping[str, Any] = settings.CHANNEL_LAYERS
    for alias, layer in layers.items():
        if layer["BACKEND"].startswith("channels_redis."):
            for host in decode_hosts(layer.get("CONFIG", {}).get("hosts")):
                yield f"the channel layer {alias}", host


def _time_outs() -> Iterator[tuple[str, Mapping[str, Any], set[str]]]:
    """Each role, the options that it is given, and the time-outs that it needs."""
    conf = current_app.conf
    on_redis = TIME_OUTS[REDIS]
    yield "the broker", conf.broker_transport_options, TIME_OUTS.get(broker(), set())
    if any(parts_of(url) for url in _each(conf.result_backend)):
        yield "results", {name: conf.get(f"redis_{name}") for name in on_redis}, on_redis
    for alias, cache in _caches().items():
        if any(parts_of(url) for url in _each(cache.get("LOCATION"))):
            yield f"the cache {alias}", cache.get("OPTIONS", {}), on_redis
    for role, host in _channel_hosts():
        yield role, host, on_redis


CHECKS = (check_databases, check_time_outs, check_cache_expiry)
