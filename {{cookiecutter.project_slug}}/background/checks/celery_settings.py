"""Settings of Celery that are misspelt, or that lose or endanger work whatever the broker."""

import os
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from celery import current_app
from celery.app.defaults import DEFAULTS
from django.conf import ENVIRONMENT_VARIABLE, settings
from django.core.checks import CheckMessage, Error

from background.checks.resolved import own_tasks, queues

PREFIX = "CELERY_"
# Celery reads these, but its table of settings lacks them.
UNLISTED = {
    "cassandra_secure_bundle_path",
    "db_reuse_max",
    "dynamodb_endpoint_url",
    "firestore_project",
    "gcs_threadpool_maxsize",
    "redis_backend_credential_provider",
    "redis_backend_health_check_interval",
    "redis_client_name",
    "result_backend_thread_safe",
}
JSON = {"json", "application/json"}


def check_names(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every CELERY_ setting is one that Celery reads."""
    known = {f"{PREFIX}{name.upper()}" for name in (*DEFAULTS, *UNLISTED)}
    for name in sorted(_given_names() - known):
        meant = get_close_matches(name.upper(), known, n=1)
        yield Error(
            f"Celery has no setting {name}, so nothing comes of it",
            hint=f"Say {meant[0]}" if meant else "Remove it",
            id="background.E001",
        )


def check_content(**kwargs: Any) -> Iterator[CheckMessage]:
    """Messages and results are JSON."""
    conf = current_app.conf
    used = {conf.task_serializer, conf.result_serializer, conf.event_serializer}
    accepted = {*conf.accept_content, *(conf.result_accept_content or ())}
    if others := sorted((used | accepted) - JSON):
        yield Error(
            f"Messages may be something else than JSON: {', '.join(others)}",
            hint="pickle runs whatever reaches the broker: leave CELERY_ACCEPT_CONTENT and the "
            "serializers at json",
            id="background.E002",
        )
    for task in own_tasks():
        if task.serializer not in JSON:
            yield Error(
                f"Its messages are {task.serializer}, not JSON",
                hint="Remove serializer= from its decorator and pass ids, and dates as text",
                obj=task.name,
                id="background.E002",
            )


def check_eager(**kwargs: Any) -> Iterator[CheckMessage]:
    """Tasks are run by workers, in tests too."""
    if current_app.conf.task_always_eager:
        yield Error(
            "Tasks run in the process that asks for them, without broker, retry or recovery",
            hint="Remove CELERY_TASK_ALWAYS_EAGER; a test calls the service, or has a real worker",
            id="background.E003",
        )


def check_result_expiry(**kwargs: Any) -> Iterator[CheckMessage]:
    """Results do not pile up."""
    if not current_app.conf.result_expires:
        yield Error(
            "Results are kept for ever, until their server is full",
            hint="Set CELERY_RESULT_EXPIRES to seconds, such as 3600",
            id="background.E004",
        )


def check_missing_queues(**kwargs: Any) -> Iterator[CheckMessage]:
    """Celery makes no queue of a name that somebody mistyped."""
    if current_app.conf.task_create_missing_queues:
        yield Error(
            "A mistyped queue becomes a queue that no worker reads",
            hint="Set CELERY_TASK_CREATE_MISSING_QUEUES to False",
            id="background.E005",
        )


def check_default_queue(**kwargs: Any) -> Iterator[CheckMessage]:
    """What has no route goes to a queue of the project's."""
    name = current_app.conf.task_default_queue
    if name == "celery" or name not in queues():
        yield Error(
            f"The default queue is {name}, which is none of the project's",
            hint="Set CELERY_TASK_DEFAULT_QUEUE to one of CELERY_TASK_QUEUES",
            id="background.E006",
        )


def _given_names() -> set[str]:
    """The names in the settings module too: Django drops those with lower-case letters."""
    module = sys.modules.get(os.environ.get(ENVIRONMENT_VARIABLE, ""))
    names = {*dir(settings), *(vars(module) if module else ())}
    return {name for name in names if name.startswith(PREFIX)}


CHECKS = (
    check_names,
    check_content,
    check_eager,
    check_result_expiry,
    check_missing_queues,
    check_default_queue,
)
