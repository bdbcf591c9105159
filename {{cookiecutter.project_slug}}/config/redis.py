"""The map of Redis: which role lives in which database.

REDIS_URL is the base; a role's own variable overrides it, so that production can give each role a
server with the eviction policy it needs. Database numbers do not protect from eviction, because
the policy is the server's: keep what must not vanish apart from caches there.
"""

from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

import environ


class Role(StrEnum):
    """What a Redis database is used for; the value is the variable that overrides its URL."""

{% if cookiecutter.broker == "redis" %}
    BROKER = "CELERY_BROKER_URL"
{% endif %}
    RESULTS = "REDIS_RESULTS_URL"
    CACHE = "REDIS_CACHE_URL"
    SESSIONS = "REDIS_SESSIONS_URL"
    CHANNELS = "REDIS_CHANNELS_URL"
    DATA = "REDIS_DATA_URL"


DATABASES = {
{% if cookiecutter.broker == "redis" %}
    Role.BROKER: 0,
{% endif %}
    Role.RESULTS: 1,
    Role.CACHE: 2,
    Role.SESSIONS: 3,
    Role.CHANNELS: 4,
    Role.DATA: 5,
}


def url(role: Role) -> str:
    """The address of a role: its own variable, else REDIS_URL with the role's database number.

    Raises ImproperlyConfigured when neither variable is set.
    """
    env = environ.Env()
    own: str = env.str(role.value, default="")
    if own:
        return own
    base = urlsplit(env.str("REDIS_URL"))
    return str(urlunsplit(base._replace(path=f"/{DATABASES[role]}")))
