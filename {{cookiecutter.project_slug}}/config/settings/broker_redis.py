"""Redis as Celery's broker."""

from kombu import Exchange
from kombu import Queue as BrokerQueue

from config.queues import Queue
from config.redis import Role, url

CELERY_BROKER_URL = url(Role.BROKER)
CELERY_TASK_QUEUES = [
    BrokerQueue(queue.value, Exchange(queue.value), routing_key=queue.value) for queue in Queue
]
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A publisher tries to connect twice and then gives up; workers go on trying.
    "max_retries": 1,
    "interval_start": 0.2,
    # A message not acknowledged for so long is delivered again (seconds), so it must exceed every
    # hard time limit, times its worker's prefetch, with the longest countdown, and be the same in
    # every process on this database.
    "visibility_timeout": 3600,
    # Look for such messages every 10 s; left alone, the sweep runs only about every 100 s.
    "unacked_restore_throttle": 1,
    "unacked_restore_interval": 10,
    # Without these a broker that hangs blocks its callers for ever (seconds). A request may be one,
    # and its process has to connect first: that is tried twice.
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
# On Redis, cancelling the running tasks when the connection is lost loses their messages.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
