"""The servers behind the roles of Redis: whether each keeps what is entrusted to it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis.asyncio
from django.utils import timezone
from redis.exceptions import RedisError, ResponseError

from background.checks.redis_servers import Database, database_of, is_remote, parts_of
from config.redis import Role, url
from operations.doctor.broker import version_tuple
from operations.doctor.clock import compare
from operations.doctor.finding import Finding, Question, bad, good

SUBJECT = "redis"
# How long one server may take (seconds).
PATIENCE = 2.0
# The oldest that the tests of this project have seen.
OLDEST = (7, 0)

# By name, because the broker is not on Redis in every project. A full server may forget caches and
# sessions, which the database has too; what is lost when it restarts are messages and locks.
MAY_BE_EVICTED = {"CACHE", "SESSIONS"}
MUST_SURVIVE = {"BROKER", "DATA"}


@dataclass(frozen=True)
class Sight:
    """What one role of Redis was seen to be."""

    role: Role
    database: Database
    info: dict[str, Any]
    snapshots: bool
    clock: Finding

    @property
    def server(self) -> str:
        """The same for all addresses that lead to one server, and for no other server."""
        return str(self.info["run_id"])


def ask() -> Iterator[Finding]:
    """For each server what is wrong with it, or that nothing is; asked by every role at once."""
    sights = asyncio.run(_look_at_all())
    yield from _silent([role for role, sight in sights.items() if sight is None])
    servers = defaultdict[str, list[Sight]](list)
    for sight in sights.values():
        if sight:
            servers[sight.server].append(sight)
    for there in servers.values():
        findings = list(_wrong_with(there))
        yield from findings or [good(SUBJECT, _described(there))]
        yield there[0].clock


async def _look_at_all() -> dict[Role, Sight | None]:
    return dict(zip(Role, await asyncio.gather(*map(_look_at, Role)), strict=True))


async def _look_at(role: Role) -> Sight | None:
    """What is there; None when nobody answers in time."""
    database = database_of(parts_of(url(role)))
    try:
        async with (
            asyncio.timeout(PATIENCE),
            redis.asyncio.Redis.from_url(url(role)) as client,
        ):
            began_at = timezone.now()
            seconds, microseconds = await client.time()
            theirs = datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)
            whose = f"Redis {database.server}:{database.port}"
            clock = compare(whose, began_at, theirs)
            return Sight(
                role=role,
                database=database,
                info=await client.info(),
                snapshots=await _takes_snapshots(client),
                clock=clock,
            )
    except (RedisError, OSError):
        return None


async def _takes_snapshots(client: Any) -> bool:
    """Whether it writes all of it to disk now and then; one that does not tell is believed."""
    try:
        return bool((await client.config_get("save"))["save"])
    except ResponseError:
        return True


def _silent(roles: Sequence[Role]) -> Iterator[Finding]:
    servers = defaultdict[str, list[Role]](list)
    for role in roles:
        # That the broker is away stands in a line of its own.
        if role.name != "BROKER":
            database = database_of(parts_of(url(role)))
            servers[f"{database.server}:{database.port}"].append(role)
    for server, away in servers.items():
        seen = f"{server} ({_names(away)}) does not answer"
        yield bad(SUBJECT, seen, "Start it, or let REDIS_URL or the role's own variable lead to it")


def _wrong_with(there: Sequence[Sight]) -> Iterator[Finding]:
    """What is wrong with one server, seen by each of the roles that it plays."""
    first = there[0]
    yield from _version(first)
    yield from _sharing(there)
    yield from _eviction(there)
    yield from _persistence(there)
    yield from _password(there)


def _version(sight: Sight) -> Iterator[Finding]:
    if version_tuple(sight.info["redis_version"]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        seen = f"{_described([sight])}: nobody has tried that"
        yield bad(SUBJECT, seen, f"Update it to {oldest} or newer")


def _sharing(there: Sequence[Sight]) -> Iterator[Finding]:
    roles = defaultdict[int, list[Role]](list)
    for sight in there:
        roles[sight.database.number].append(sight.role)
    for number, sharers in roles.items():
        if len(sharers) > 1:
            yield bad(
                SUBJECT,
                f"{_names(sharers)} share database {number} of one server",
                "Give each another number at the end of its address; config/redis.py is the map",
            )


def _eviction(there: Sequence[Sight]) -> Iterator[Finding]:
    policy = there[0].info["maxmemory_policy"]
    lost = [sight.role for sight in there if sight.role.name not in MAY_BE_EVICTED]
    if lost and policy != "noeviction":
        yield bad(
            SUBJECT,
            f"{there[0].database} forgets at will ({policy}) what is in {_names(lost)}",
            "Set its maxmemory-policy to noeviction, and give the caches a server of their own",
        )


def _persistence(there: Sequence[Sight]) -> Iterator[Finding]:
    first = there[0]
    lost = [sight.role for sight in there if sight.role.name in MUST_SURVIVE]
    if lost and not (first.info["aof_enabled"] or first.snapshots):
        yield bad(
            SUBJECT,
            f"{first.database} keeps nothing when it restarts, of {_names(lost)} neither",
            "Set its appendonly to yes",
        )


def _password(there: Sequence[Sight]) -> Iterator[Finding]:
    parts = {sight.role: parts_of(url(sight.role)) for sight in there}
    opened = [role for role, each in parts.items() if is_remote(each) and "password" not in each]
    if opened:
        seen = f"{there[0].database} lets anybody in who reaches it, for {_names(opened)}"
        yield bad(SUBJECT, seen, "Set its requirepass, and name it: redis://:password@host:6379")


def _described(there: Sequence[Sight]) -> str:
    info, database = there[0].info, there[0].database
    version = info.get("valkey_version") or info["redis_version"]
    kept = "append-only file" if info["aof_enabled"] else "snapshots" * there[0].snapshots
    product = "Valkey" if "valkey_version" in info else "Redis"
    return (
        f"{database.server}:{database.port} is {product} {version} "
        f"({_numbers(there)}), {kept or 'in memory only'}, "
        f"{info['maxmemory_policy']}"
    )


def _numbers(there: Sequence[Sight]) -> str:
    """Which role has which database, as in "cache 2"."""
    return ", ".join(f"{_name(sight.role)} {sight.database.number}" for sight in there)


def _names(roles: Sequence[Role]) -> str:
    return ", ".join(map(_name, roles))


def _name(role: Role) -> str:
    return role.name.lower()


QUESTION = Question(subject=SUBJECT, ask=ask, remedy="Look at the addresses in config/redis.py")
