"""Settings of a worker that is patient where all others are not."""

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_BROKER_TRANSPORT_OPTIONS as OPTIONS

CELERY_BROKER_TRANSPORT_OPTIONS = {
    name: 2 * value if name in {"visibility_timeout", "read_timeout"} else value
    for name, value in OPTIONS.items()
}
