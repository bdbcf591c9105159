"""Settings of a worker that does not wait for its broker for long, nor the broker for it.

Redis delivers a message again that is not done in two seconds; RabbitMQ and the worker take each
other for lost after ten to fifteen seconds of silence.
"""

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_BROKER_TRANSPORT_OPTIONS
from tests.faults.watched_worker import CELERY_BROKER_HEARTBEAT as CELERY_BROKER_HEARTBEAT

if "visibility_timeout" in CELERY_BROKER_TRANSPORT_OPTIONS:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **CELERY_BROKER_TRANSPORT_OPTIONS,
        "visibility_timeout": 2,
        # It is the worker who looks for such messages, here every second.
        "unacked_restore_interval": 1,
    }
# It says rightly that no limit may be longer than that.
SILENCED_SYSTEM_CHECKS = ["operations.E005"]
