"""Settings of a worker that RabbitMQ takes for lost when it was silent for ten to fifteen seconds.

Redis watches nobody: there it is the age of a message that counts (impatient_broker).
"""

from config.settings.test import *  # noqa: F403

# How often it is to be heard of (seconds); RabbitMQ gives up after two to three times that.
CELERY_BROKER_HEARTBEAT = 5
