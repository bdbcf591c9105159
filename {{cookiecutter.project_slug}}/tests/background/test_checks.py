"""Each check of background/checks is silent on the project, and tells of what is wrong."""

import re
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Task, current_app
from celery.schedules import crontab
from kombu import Queue as BrokerQueue

from background import registry
from background.checks.redis_servers import database_of, parts_of
from background.checks.task_options import check_routes
from tests.sample import tasks
from tests.sample.models import Parcel
from tests.support.checks import found, hints

HOUR = 3600
TIME_OUTS = {
    "redis": {"socket_timeout": 5, "socket_connect_timeout": 2},
    "amqp": {"connect_timeout": 2, "read_timeout": 1.5, "write_timeout": 1.5},
}


@pytest.fixture
def on_redis(conf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose broker is Redis."""
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    conf.broker_transport_options = {**TIME_OUTS["redis"], "visibility_timeout": HOUR}
    conf.worker_cancel_long_running_tasks_on_connection_loss = False


@pytest.fixture
def on_rabbitmq(conf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose broker is RabbitMQ."""
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://jobs:secret@127.0.0.1:1//")
    conf.broker_transport_options = {**TIME_OUTS["amqp"], "confirm_publish": True}


def test_the_project_as_it_is_passes() -> None:
    assert found() == []


@pytest.mark.usefixtures("on_redis")
def test_a_project_on_redis_passes() -> None:
    assert found() == []


@pytest.mark.usefixtures("on_rabbitmq")
def test_a_project_on_rabbitmq_passes() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("task_serializer", "pickle", "background.E002"),
        ("result_serializer", "yaml", "background.E002"),
        ("event_serializer", "msgpack", "background.E002"),
        ("accept_content", ["json", "pickle"], "background.E002"),
        ("result_accept_content", ["pickle"], "background.E002"),
        ("task_always_eager", True, "background.E003"),
        ("result_expires", None, "background.E004"),
        ("result_expires", 0, "background.E004"),
        ("task_create_missing_queues", True, "background.E005"),
        ("task_default_queue", "celery", "background.E006"),
        ("task_default_queue", "nobodys", "background.E006"),
        ("redis_socket_timeout", None, "background.E008"),
        ("redis_socket_connect_timeout", None, "background.E008"),
    ],
)
def test_a_bad_setting_of_celery_is_told(conf: Any, setting: str, value: Any, check: str) -> None:
    conf[setting] = value

    assert found() == [check]


@pytest.mark.parametrize("name", ["CELERY_TASK_ACK_LATE", "CELERY_task_acks_late"])
def test_a_setting_that_celery_does_not_know_is_told_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sys.modules["config.settings.test"], name, True, raising=False)

    assert found() == ["background.E001"]
    assert hints() == ["Say CELERY_TASK_ACKS_LATE"]


@pytest.mark.parametrize(
    "name", ["CELERY_CASSANDRA_SECURE_BUNDLE_PATH", "CELERY_FIRESTORE_PROJECT"]
)
def test_a_setting_that_celery_reads_without_listing_it_is_fine(settings: Any, name: str) -> None:
    setattr(settings, name, "given")

    assert found() == []


def test_a_setting_that_is_like_none_of_celerys_is_told(settings: Any) -> None:
    settings.CELERY_XYZZY = True

    assert found() == ["background.E001"]
    assert hints() == ["Remove it"]


@pytest.mark.parametrize("alias", ["default", "sessions"])
def test_data_beside_a_cache_is_told(settings: Any, alias: str) -> None:
    settings.REDIS_DATA_URL = settings.CACHES[alias]["LOCATION"]

    assert found() == ["background.E007"]


def test_a_broker_beside_the_cache_is_told(
    on_redis: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", settings.CACHES["default"]["LOCATION"])

    assert found() == ["background.E007"]


def test_so_is_one_that_is_only_written_to(settings: Any, conf: Any) -> None:
    conf.broker_write_url = settings.CACHES["default"]["LOCATION"]

    assert found() == ["background.E007"]


def test_results_beside_the_channel_layer_are_told(settings: Any, conf: Any) -> None:
    (host,) = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
    conf.result_backend = host["address"]

    assert found() == ["background.E007"]


def test_two_masters_behind_the_same_sentinels_are_two_servers(on_redis: None, conf: Any) -> None:
    sentinels = "sentinel://127.0.0.1:26379;sentinel://127.0.0.2:26379"
    conf.result_backend = sentinels
    conf.result_backend_transport_options = {"master_name": "results"}
    conf.broker_read_url = sentinels
    conf.broker_transport_options["master_name"] = "queues"
    assert found() == []

    conf.broker_transport_options["master_name"] = "results"
    assert found() == ["background.E007"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("redis://localhost", "redis://127.0.0.1:6379/0"),
        ("redis://Redis.example/2", "rediss://user:secret@redis.example/2?ssl_cert_reqs=none"),
        ("redis://[::1]/1", "redis://localhost?db=1"),
        ("redis+socket:///run/redis.sock?virtual_host=3", "unix:///run/redis.sock?db=3"),
    ],
)
def test_addresses_of_one_database_are_seen_to_be(one: str, other: str) -> None:
    assert database_of(parts_of(one)) == database_of(parts_of(other))


@pytest.mark.parametrize(
    "other",
    [
        "redis://redis.example/1",
        "redis://redis.example:6380/0",
        "redis://other.example/0",
        "unix:///run/redis.sock",
    ],
)
def test_addresses_of_two_databases_are_seen_to_be(other: str) -> None:
    assert database_of(parts_of("redis://redis.example/0")) != database_of(parts_of(other))


@pytest.mark.parametrize("name", TIME_OUTS["redis"])
def test_a_server_without_a_time_out_is_told(
    on_redis: None, conf: Any, settings: Any, name: str
) -> None:
    conf.broker_transport_options[name] = None
    assert found() == ["background.E008"]

    settings.CACHES = caches = deepcopy(settings.CACHES)
    settings.CHANNEL_LAYERS = layers = deepcopy(settings.CHANNEL_LAYERS)
    del caches["default"]["OPTIONS"][name.upper()]
    del layers["default"]["CONFIG"]["hosts"][0][name]
    assert found() == ["background.E008"] * 3


@pytest.mark.usefixtures("on_rabbitmq")
@pytest.mark.parametrize("name", TIME_OUTS["amqp"])
def test_a_rabbitmq_without_a_time_out_is_told(conf: Any, name: str) -> None:
    del conf.broker_transport_options[name]

    assert found() == ["background.E008"]


def test_a_cache_that_keeps_all_for_ever_is_told(settings: Any) -> None:
    settings.CACHES = caches = deepcopy(settings.CACHES)
    caches["default"]["TIMEOUT"] = None

    assert found() == ["background.E009"]


@pytest.mark.usefixtures("on_redis")
def test_cancelling_tasks_with_the_connection_to_redis_is_told(conf: Any) -> None:
    conf.worker_cancel_long_running_tasks_on_connection_loss = True

    assert found() == ["background.E010"]


@pytest.mark.usefixtures("on_rabbitmq")
def test_cancelling_tasks_with_the_connection_to_rabbitmq_is_fine(conf: Any) -> None:
    conf.worker_cancel_long_running_tasks_on_connection_loss = True

    assert found() == []


@pytest.mark.usefixtures("on_rabbitmq")
def test_publishing_without_confirmation_is_told(conf: Any) -> None:
    conf.broker_transport_options["confirm_publish"] = False

    assert found() == ["background.E011"]


@pytest.mark.usefixtures("on_rabbitmq")
@pytest.mark.parametrize("missing", ["x-delivery-limit", "x-dead-letter-exchange"])
def test_a_quorum_queue_that_does_not_say_what_becomes_of_deadly_messages_is_told(
    conf: Any, missing: str
) -> None:
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": 5,
        "x-dead-letter-exchange": "dead",
    }
    conf.task_queues = first_with(arguments, conf.task_queues)
    assert found() == []

    del arguments[missing]
    conf.task_queues = first_with(arguments, conf.task_queues)
    assert found() == ["background.E012"]


@pytest.mark.parametrize(
    ("option", "value", "check"),
    [
        ("serializer", "pickle", "background.E002"),
        ("max_retries", None, "background.E013"),
        ("autoretry_for", (ValueError, Exception), "background.E014"),
        ("autoretry_for", (BaseException,), "background.E014"),
        ("acks_late", False, "background.E015"),
        ("reject_on_worker_lost", False, "background.E015"),
    ],
)
def test_a_bad_option_of_a_task_is_told(
    monkeypatch: pytest.MonkeyPatch, option: str, value: Any, check: str
) -> None:
    task = current_app.tasks[tasks.break_down.name]
    monkeypatch.setattr(task, option, value, raising=False)

    assert found() == [check]


def test_endless_retries_of_a_row_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = replace(registry.registration_for(Parcel), max_retries=None)  # type: ignore[arg-type]
    monkeypatch.setitem(registry._registrations, "sample.parcel", endless)

    assert found() == ["background.E013"]


def test_a_kind_of_work_without_a_task_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._registrations, "sample.parcel")

    assert found() == ["background.E024"]


def test_a_task_without_a_route_is_told(conf: Any) -> None:
    routes = dict(conf.task_routes)
    del routes["background.tasks.prune_sent_log"]
    conf.task_routes = routes

    assert found() == ["background.E016"]


def test_a_route_of_no_task_is_told(conf: Any) -> None:
    conf.task_routes = {**conf.task_routes, "tests.sample.tasks.gone": {"queue": "default"}}

    assert found() == ["background.E017"]


def test_a_route_to_a_queue_that_is_not_there_is_told(conf: Any) -> None:
    route = {"background.tasks.prune_sent_log": {"queue": "nowhere"}}
    conf.task_routes = {**conf.task_routes, **route}

    assert found() == ["background.E022"]


def test_so_is_such_a_queue_on_a_decorator(monkeypatch: pytest.MonkeyPatch) -> None:
    task = current_app.tasks[tasks.break_down.name]
    monkeypatch.setattr(task, "queue", "nowhere", raising=False)

    assert found() == ["background.E022"]


def test_a_task_that_no_guard_looks_after_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    name = tasks.break_down.name
    unguarded = type("Unguarded", (Task,), {"name": name})
    unguarded.bind(current_app)
    monkeypatch.setitem(current_app.tasks, name, unguarded())

    assert found() == ["background.E023"]


@pytest.mark.parametrize(
    "pattern",
    ["apps.gone.tasks.*", "*.gone", re.compile(r"apps\.gone\..+"), re.compile(r"sample\.tasks\.")],
)
def test_a_route_with_a_pattern_that_no_task_has_is_told(
    conf: Any, pattern: str | re.Pattern[str]
) -> None:
    conf.task_routes = {**conf.task_routes, pattern: {"queue": "default"}}

    assert found() == ["background.E017"]
    (error,) = check_routes()
    assert getattr(pattern, "pattern", pattern) in error.msg


@pytest.mark.parametrize(
    "pattern", ["tests.sample.*", "*.break_down", re.compile(r".*\.tasks\.break_\w+$")]
)
def test_a_route_with_a_pattern_that_a_task_has_is_fine(
    conf: Any, pattern: str | re.Pattern[str]
) -> None:
    conf.task_routes = {**conf.task_routes, pattern: {"queue": "default"}}

    assert found() == []


def test_routes_in_a_list_are_looked_at_one_by_one(conf: Any) -> None:
    pairs = [("tests.sample.tasks.gone", "default"), ("apps.gone.*", "default")]
    conf.task_routes = [conf.task_routes, pairs, lambda *_, **__: None]

    assert found() == ["background.E017"] * 2


def test_a_light_task_in_a_critical_app_is_told(settings: Any) -> None:
    settings.CRITICAL_APPS = ["tests.sample"]

    assert set(found()) == {"background.E018"}


def test_a_critical_app_that_is_not_there_is_told_with_the_one_that_was_meant(
    settings: Any,
) -> None:
    settings.CRITICAL_APPS = ["tests.sampel"]

    assert found() == ["background.E025"]
    assert hints() == ["Say tests.sample"]


def test_a_critical_app_that_is_like_none_is_told(settings: Any) -> None:
    settings.CRITICAL_APPS = ["xyzzy"]

    assert found() == ["background.E025"]
    assert hints() == ["Remove it from CRITICAL_APPS"]


@pytest.mark.parametrize("crashes", [0, 5])
def test_suspects_that_are_never_run_alone_are_told(settings: Any, crashes: int) -> None:
    settings.WORK_SUSPECT_CRASHES = crashes

    assert found() == ["background.E026"]


@pytest.mark.parametrize(
    ("entry", "check"),
    [
        ({"task": "tests.sample.tasks.gone"}, "background.E019"),
        ({"options": {"expires": 60, "queue": "nowhere"}}, "background.E022"),
        ({"options": {}}, "background.E020"),
        ({"options": {"expires": timedelta(minutes=59)}}, "background.E020"),
        ({"options": {"expires": datetime(2026, 6, 1, tzinfo=UTC)}}, "background.E020"),
        ({"schedule": 60, "options": {"expires": 61}}, "background.E021"),
        ({"schedule": crontab(minute="*/7"), "options": {"expires": 420}}, "background.E021"),
        (
            {"schedule": crontab(minute="0", hour="1,23"), "options": {"expires": 3 * HOUR}},
            "background.E021",
        ),
        (
            {
                "schedule": crontab(minute="0", hour="0", day_of_month="1"),
                "options": {"expires": 29 * 24 * HOUR},
            },
            "background.E021",
        ),
    ],
)
def test_a_bad_schedule_is_told(conf: Any, entry: dict[str, Any], check: str) -> None:
    good = {
        "task": tasks.break_down.name,
        "schedule": crontab(minute="0"),
        "options": {"expires": HOUR - 60},
    }
    conf.beat_schedule = {"an entry": good}
    assert found() == []

    conf.beat_schedule = {"an entry": good | entry}
    assert found() == [check]


def first_with(arguments: dict[str, Any], queues: list[BrokerQueue]) -> list[BrokerQueue]:
    """The queues, of which the first is declared with other arguments."""
    first, *others = queues
    changed = BrokerQueue(first.name, first.exchange, first.routing_key, queue_arguments=arguments)
    return [changed, *others]
