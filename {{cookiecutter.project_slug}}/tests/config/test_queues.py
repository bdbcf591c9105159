"""Queues, routes and tasks stay in step."""

from datetime import timedelta

from celery import current_app
from django.conf import settings

from config.queues import ROUTES, WORKERS, Queue
from config.schedule import SCHEDULE


def own_tasks() -> set[str]:
    return {name for name in current_app.tasks if not name.startswith(("celery.", "tests."))}


def test_every_queue_has_a_worker() -> None:
    assert set(WORKERS) == set(Queue)
    assert {queue.name for queue in current_app.conf.task_queues} >= {*Queue}


def test_every_task_of_the_project_has_a_route_and_every_route_a_task() -> None:
    assert set(ROUTES) == own_tasks()


def test_every_schedule_names_a_task_and_expires_before_its_next_tick() -> None:
    for name, entry in SCHEDULE.items():
        assert entry["task"] in own_tasks(), name
        assert 0 < entry["options"]["expires"] <= timedelta(days=31).total_seconds(), name


def test_time_limits_leave_the_task_a_moment_to_end() -> None:
    for worker in WORKERS.values():
        assert 0 < worker.soft_limit < worker.hard_limit


def test_no_limit_reaches_the_time_after_which_a_message_is_delivered_again() -> None:
    longest = max(worker.hard_limit for worker in WORKERS.values())
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    # RabbitMQ's own limit, consumer_timeout, is 30 minutes unless its administrator changed it.
    assert longest < options.get("visibility_timeout", 30 * 60)


def test_every_celery_setting_is_one_that_celery_knows() -> None:
    from celery.app.defaults import NAMESPACES, flatten

    # Celery reads this one, but its table of settings lacks it.
    known = {name for name, _ in flatten(NAMESPACES)} | {"redis_backend_health_check_interval"}
    ours = {name.partition("_")[2].lower() for name in dir(settings) if name.startswith("CELERY_")}
    assert ours <= known
