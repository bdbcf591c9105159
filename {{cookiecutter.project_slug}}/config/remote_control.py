"""The queues over which workers are asked and answer, such as for `celery inspect`.

A worker's queue must not be exclusive: a worker of the same name as one that froze or lost its host
could not start before RabbitMQ gives up that one's connection. Celery's settings would make the
queue of the answers outlive the asker along with it, and kombu then takes it for declared after it
has expired: the next answer goes nowhere.
"""

from celery.app import control
from kombu import Queue
from kombu.pidbox import Mailbox as StandardMailbox


class Mailbox(StandardMailbox):
    """The settings' queues for the workers, and one for each asker that ends with its answers."""

    def get_reply_queue(self) -> Queue:
        """The queue for answers to this process."""
        queue: Queue = super().get_reply_queue()
        queue.durable, queue.exclusive, queue.auto_delete = False, True, True
        return queue


class Control(control.Control):
    """What Celery asks its workers with."""

    Mailbox = Mailbox
