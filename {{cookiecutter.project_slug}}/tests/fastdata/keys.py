"""Looking at what the cache keeps."""

from django.core.cache import cache
from django_redis import get_redis_connection


def seconds_left(key: str) -> int:
    """How long the cache goes on keeping a key; negative when it is missing or kept for ever."""
    return int(get_redis_connection("default").ttl(cache.make_key(key)))
