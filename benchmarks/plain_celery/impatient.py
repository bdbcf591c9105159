"""Plain Celery with a broker that soon gives up on a worker, so that nobody waits for an hour."""

import os

from plain import app

# How often RabbitMQ is to hear of a worker (seconds); it gives up after two to three times that.
app.conf.broker_heartbeat = 5

# Redis watches nobody: there it is the age of a message that counts.
if os.environ["CELERY_BROKER_URL"].startswith("redis"):
    app.conf.broker_transport_options = {
        "visibility_timeout": 2,
        # It is the worker who looks for such messages, here every second.
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }
