"""`manage.py worker`: a queue's worker is what config/queues.py says."""

from itertools import pairwise

import pytest
from celery import current_app
from django.core.management import CommandError, call_command

from config.processes import worker_command
from config.queues import WORKERS, Queue


@pytest.mark.parametrize("queue", list(Queue))
def test_a_worker_is_set_where_its_queue_is(queue: Queue) -> None:
    command = worker_command(queue, [queue])
    options = dict(pairwise(command))

    assert options["--queues"] == queue
    assert options["--concurrency"] == str(WORKERS[queue].concurrency)
    assert options["--soft-time-limit"] == str(WORKERS[queue].soft_limit)
    assert options["--time-limit"] == str(WORKERS[queue].hard_limit)


def test_a_task_brings_no_limits_that_would_beat_those_of_its_worker() -> None:
    task = current_app.tasks["operations.tasks.clear_expired_sessions"]

    assert (task.soft_time_limit, task.time_limit) == (None, None)


def test_an_unknown_queue_is_one_line_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match=r"No queue is named mial; .* has default"):
        call_command("worker", "mial")


def test_no_queue_at_all_is_one_line_too() -> None:
    with pytest.raises(CommandError, match=r"Name a queue \(default.*--all"):
        call_command("worker")
