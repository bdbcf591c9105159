"""Settings of a worker whose Redis delivers a message again when it is not done in two seconds."""

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_BROKER_TRANSPORT_OPTIONS

# RabbitMQ delivers again what a lost connection held, and nothing else.
if "visibility_timeout" in CELERY_BROKER_TRANSPORT_OPTIONS:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **CELERY_BROKER_TRANSPORT_OPTIONS,
        "visibility_timeout": 2,
        # It is the worker who looks for such messages, here every second.
        "unacked_restore_interval": 1,
    }
# It says rightly that no limit may be longer than that.
SILENCED_SYSTEM_CHECKS = ["operations.E005"]
