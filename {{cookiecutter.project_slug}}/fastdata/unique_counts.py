"""How many different visitors there were, without keeping who: HyperLogLog, within one percent."""

from fastdata.connection import data, forgiving


def see(key: str, visitor: str, *, ttl: int) -> None:
    """Note that a visitor was here; the count is gone `ttl` seconds after the last one."""
    with forgiving(f"{key} misses a visitor"), data().pipeline() as pipe:
        pipe.pfadd(key, visitor)
        pipe.expire(key, ttl)
        pipe.execute()


def count(key: str) -> int:
    """How many different visitors were seen; 0 when nobody was or the server is down."""
    with forgiving(f"{key} reads as 0"):
        return int(data().pfcount(key))
    return 0
