"""Settings of a development of which a check warns: workers take too much in advance."""

from config.settings.local import *  # noqa: F403

CELERY_WORKER_PREFETCH_MULTIPLIER = 100
