"""Whether what the project stands on answers: asked anew each time, and never for long."""

import asyncio
from collections.abc import Awaitable

import redis.asyncio
from django.db import connections

from config.celery import app
from config.redis import Role, url

# What has not answered by then counts as away (seconds).
PATIENCE = 2.0


async def check_everything() -> dict[str, str]:
    """`ok`, or the class of the error, for the database, the broker and each role of Redis."""
    checks: dict[str, Awaitable[None]] = {
        role.name.lower(): check_redis(url(role))
        for role in Role
        # Asked the way Celery does, below.
        if role.name != "BROKER"
    }
    # One that hangs is left behind in its thread, until its own time-out ends it.
    checks["database"] = asyncio.to_thread(check_database)
    checks["broker"] = asyncio.to_thread(check_broker)
    results = await asyncio.gather(*(outcome(check) for check in checks.values()))
    return dict(zip(checks, results, strict=True))


async def outcome(check: Awaitable[None]) -> str:
    """`ok` or the name of the error, within the time we have."""
    try:
        async with asyncio.timeout(PATIENCE):
            await check
    except Exception as error:
        return type(error).__name__
    return "ok"


async def check_redis(address: str) -> None:
    """Ask a Redis for a sign of life."""
    async with redis.asyncio.Redis.from_url(address) as client:
        await client.ping()


def check_database() -> None:
    """Ask the database something, over a connection of this thread."""
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def check_broker() -> None:
    """Log in to Celery's broker."""
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0)
