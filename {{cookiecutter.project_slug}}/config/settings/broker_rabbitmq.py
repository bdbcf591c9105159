"""RabbitMQ as Celery's broker: replicated quorum queues, delays kept by the broker itself."""

import environ
from kombu import Exchange
from kombu import Queue as BrokerQueue

from config import rabbitmq
from config.queues import Queue

CELERY_BROKER_URL = environ.Env().str("CELERY_BROKER_URL")

# What RabbitMQ gives up goes there, and recovery makes dead letters of it.
DEAD_QUEUE = rabbitmq.DEAD_QUEUE

# Delayed delivery on quorum queues works through topic exchanges only.
TASKS_EXCHANGE = Exchange("tasks", type="topic")

CELERY_TASK_DEFAULT_EXCHANGE = TASKS_EXCHANGE.name
CELERY_TASK_DEFAULT_EXCHANGE_TYPE = TASKS_EXCHANGE.type
CELERY_TASK_DEFAULT_ROUTING_KEY = Queue.DEFAULT.value
CELERY_TASK_QUEUES = [
    BrokerQueue(
        queue.value,
        TASKS_EXCHANGE,
        routing_key=queue.value,
        queue_arguments={
            "x-queue-type": "quorum",
            # Left alone, RabbitMQ 3 redelivers a deadly message for ever and RabbitMQ 4 drops it
            # after 20 times without a word.
            "x-delivery-limit": 5,
            "x-dead-letter-exchange": DEAD_QUEUE.exchange.name,
        },
    )
    for queue in Queue
]
CELERY_BROKER_NATIVE_DELAYED_DELIVERY_QUEUE_TYPE = "quorum"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A publisher tries to connect twice and then gives up; workers go on trying.
    "max_retries": 1,
    "interval_start": 0.2,
    # Publishing succeeds only when the broker has the message.
    "confirm_publish": True,
    # Without these a broker that hangs blocks its callers for ever (seconds); the first publish
    # on a frozen broker waits three times as long.
    "connect_timeout": 2,
    "read_timeout": 1.5,
    "write_timeout": 1.5,
}
# RabbitMQ's own consumer_timeout (seconds): it then closes the connection of a worker that holds a
# message, so every hard time limit, times its worker's prefetch, stays below. It is set on the
# server; keep both alike.
RABBITMQ_CONSUMER_TIMEOUT_SECONDS = 1800
# RabbitMQ itself redelivers what a lost connection held, so the run in progress may be stopped.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Of a worker's own queue for remote control; config/remote_control.py has the reason.
CELERY_CONTROL_QUEUE_EXCLUSIVE = False
CELERY_CONTROL_QUEUE_DURABLE = True
