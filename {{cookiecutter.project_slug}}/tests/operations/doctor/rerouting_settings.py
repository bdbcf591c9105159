"""Settings of a worker that was not started anew since a route was changed."""

from kombu import Queue as BrokerQueue

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_TASK_QUEUES as QUEUES
from config.settings.test import CELERY_TASK_ROUTES as ROUTES

CELERY_TASK_QUEUES = [*QUEUES, BrokerQueue("elsewhere")]
CELERY_TASK_ROUTES = {**ROUTES, "background.tasks.prune_sent_log": {"queue": "elsewhere"}}
# No worker reads that one.
SILENCED_SYSTEM_CHECKS = ["operations.E001"]
