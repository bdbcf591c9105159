"""Each check of operations/checks is silent on the project, and tells of what is wrong."""

from dataclasses import replace
from typing import Any

import pytest
from celery import current_app
from kombu import Queue as BrokerQueue

from config.queues import WORKERS, Queue
from tests.sample import tasks
from tests.support.checks import found, whom

HOUR = 3600


def test_a_queue_that_no_worker_reads_is_told(conf: Any) -> None:
    conf.task_queues = [*conf.task_queues, BrokerQueue("nobodys")]

    assert found() == ["operations.E001"]


def test_a_worker_of_no_queue_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORKERS, "nobodys", WORKERS[Queue.DEFAULT])  # type: ignore[misc]

    assert found() == ["operations.E002"]


def test_a_worker_without_a_time_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    change_default_worker(monkeypatch, hard_limit=0)

    # With it every task that relies on it.
    assert {*found()} == {"operations.E003"}
    assert "The worker of default" in whom()
    assert tasks.break_down.name in whom()


def test_a_task_with_a_limit_of_its_own_needs_none_of_its_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(current_app.tasks[tasks.break_down.name], "time_limit", 300)
    change_default_worker(monkeypatch, hard_limit=0)

    assert tasks.break_down.name not in whom()


def test_a_task_has_the_limits_of_the_queue_that_its_decorator_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = current_app.tasks["background.tasks.prune_sent_log"]
    monkeypatch.setattr(task, "queue", Queue.DEFAULT.value, raising=False)
    change_default_worker(monkeypatch, hard_limit=0)

    assert task.name in whom()


def test_a_worker_whose_soft_limit_is_the_hard_one_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change_default_worker(monkeypatch, soft_limit=300, hard_limit=300)

    assert {*found()} == {"operations.E004"}
    assert "The worker of default" in whom()


def test_a_task_whose_soft_limit_is_above_the_hard_one_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(current_app.tasks[tasks.break_down.name], "time_limit", 60)

    assert found() == ["operations.E004"]


def test_a_limit_as_long_as_the_brokers_patience_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    change_default_worker(monkeypatch, hard_limit=HOUR)

    assert found() == ["operations.E005"]


def test_a_visibility_time_out_below_run_and_countdown_is_told(
    conf: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    conf.worker_cancel_long_running_tasks_on_connection_loss = False
    time_outs = {"socket_timeout": 5, "socket_connect_timeout": 2}
    longest = max(worker.hard_limit for worker in WORKERS.values())
    longest = max(longest, *(task.time_limit or 0 for task in current_app.tasks.values()))
    longest += settings.LONGEST_COUNTDOWN_SECONDS

    conf.broker_transport_options = {**time_outs, "visibility_timeout": longest + 1}
    assert found() == []
    conf.broker_transport_options = {**time_outs, "visibility_timeout": longest}
    assert found() == ["operations.E005"]


def test_on_redis_what_waits_behind_others_of_its_process_is_held_too(
    conf: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    conf.worker_cancel_long_running_tasks_on_connection_loss = False
    time_outs = {"socket_timeout": 5, "socket_connect_timeout": 2}
    change_default_worker(monkeypatch, prefetch=4, hard_limit=HOUR)
    longest = 4 * HOUR + settings.LONGEST_COUNTDOWN_SECONDS

    conf.broker_transport_options = {**time_outs, "visibility_timeout": longest + 1}
    assert found() == []
    conf.broker_transport_options = {**time_outs, "visibility_timeout": longest}
    assert found() == ["operations.E005"]


def test_on_rabbitmq_what_waits_behind_others_of_its_process_is_held_too(
    conf: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_to_rabbitmq(conf, monkeypatch)
    change_default_worker(monkeypatch, prefetch=4, hard_limit=HOUR)

    settings.RABBITMQ_CONSUMER_TIMEOUT_SECONDS = 4 * HOUR + 1
    assert found() == []
    settings.RABBITMQ_CONSUMER_TIMEOUT_SECONDS = 4 * HOUR
    assert found() == ["operations.E005"]


def test_the_limit_of_a_task_holds_for_those_that_wait_behind_it(
    conf: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_to_rabbitmq(conf, monkeypatch)
    change_default_worker(monkeypatch, prefetch=2)
    monkeypatch.setattr(current_app.tasks[tasks.break_down.name], "time_limit", HOUR)

    settings.RABBITMQ_CONSUMER_TIMEOUT_SECONDS = 2 * HOUR + 1
    assert found() == []
    settings.RABBITMQ_CONSUMER_TIMEOUT_SECONDS = 2 * HOUR
    assert found() == ["operations.E005"]


def test_taking_many_messages_in_advance_is_warned_of(
    conf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf.worker_prefetch_multiplier = 5
    assert found() == ["operations.W001"]

    change_default_worker(monkeypatch, prefetch=5)
    # Where long tasks have no queue of their own, it holds messages for too long as well.
    assert found().count("operations.W001") == 2


def test_taking_any_number_in_advance_may_hold_them_for_ever(
    conf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf.worker_prefetch_multiplier = 0
    assert found() == ["operations.W001"]

    change_default_worker(monkeypatch, prefetch=0)
    assert found() == ["operations.E005", "operations.W001", "operations.W001"]


def test_a_pool_that_keeps_no_time_limit_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    change_default_worker(monkeypatch, pool="threads")

    assert found() == ["operations.W004"]


@pytest.mark.usefixtures("production")
def test_a_production_with_secrets_of_its_own_passes() -> None:
    assert found() == []


@pytest.mark.parametrize("backend", ["immediate.ImmediateBackend", "dummy.DummyBackend"])
def test_light_tasks_on_a_backend_for_development_are_told(production: Any, backend: str) -> None:
    production.TASKS = {"default": {"BACKEND": f"django.tasks.backends.{backend}"}}
    assert found() == ["operations.E006"]

    production.IN_PRODUCTION = False
    assert found() == []


@pytest.mark.parametrize("key", ["short", "x" * 50, f"django-insecure-{'4gMv1sW6' * 10}"])
def test_a_secret_that_is_none_is_told(production: Any, key: str) -> None:
    production.SECRET_KEY = key

    assert found() == ["operations.E007"]


@pytest.mark.parametrize("login", ["", "guest:guest@"])
def test_a_rabbitmq_with_the_login_that_everybody_knows_is_warned_of(
    production: Any, conf: Any, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    speak_to_rabbitmq(conf, monkeypatch, login)

    assert found() == ["operations.W002"]


@pytest.mark.parametrize("seconds", [None, 12.5])
def test_a_mail_that_may_outlast_its_claim_is_told(production: Any, seconds: float | None) -> None:
    production.EMAIL_TIMEOUT = seconds
    assert found() == ["operations.E012"]

    production.EMAIL_TIMEOUT = 12
    assert found() == []


def test_a_remote_redis_without_a_password_is_warned_of(production: Any) -> None:
    production.REDIS_DATA_URL = "redis://redis.example/5"
    assert found() == ["operations.W003"]

    production.REDIS_DATA_URL = "redis://:secret@redis.example/5"
    assert found() == []


def speak_to_rabbitmq(conf: Any, monkeypatch: pytest.MonkeyPatch, login: str = "") -> None:
    """Have the broker be a RabbitMQ somewhere, as it should be set."""
    monkeypatch.setenv("CELERY_BROKER_URL", f"amqp://{login}rabbitmq.example//")
    conf.broker_transport_options = {
        "connect_timeout": 2,
        "read_timeout": 1.5,
        "write_timeout": 1.5,
        "confirm_publish": True,
    }


def change_default_worker(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Give the worker of the default queue another prefetch or other limits."""
    monkeypatch.setitem(WORKERS, Queue.DEFAULT, replace(WORKERS[Queue.DEFAULT], **changes))
