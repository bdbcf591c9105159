"""The last few of something, newest first and nothing twice."""

from fastdata.connection import data, forgiving


def push(key: str, value: str, *, length: int, ttl: int) -> None:
    """Put a value in front and keep `length` of them, for `ttl` seconds after the last push."""
    with forgiving(f"{key} misses a value"), data().pipeline() as pipe:
        pipe.lrem(key, 0, value)
        pipe.lpush(key, value)
        pipe.ltrim(key, 0, length - 1)
        pipe.expire(key, ttl)
        pipe.execute()


def read(key: str) -> list[str]:
    """The values, newest first; none when the server is down."""
    with forgiving(f"{key} reads as empty"):
        return [str(value) for value in data().lrange(key, 0, -1)]
    return []
