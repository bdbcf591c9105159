"""What is well enough for development, and not where people depend on it."""

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.checks.security.base import check_secret_key
from django.tasks import task_backends
from django.tasks.backends.dummy import DummyBackend
from django.tasks.backends.immediate import ImmediateBackend

from background.checks.redis_servers import is_remote, servers
from background.checks.resolved import RABBITMQ, broker

# From the greeting to the final dot; a server may use up EMAIL_TIMEOUT for each.
STEPS_OF_A_MAIL = 10
# Before the name of Celery's command stand options, with their values.
STARTS_FLOWER = re.compile(r"celery\S*\s(-\S+\s([^-\s]\S*\s)?)*flower(\s|$)")


def check_production(**kwargs: Any) -> Iterator[CheckMessage]:
    """In production, work is done, and passwords are secret."""
    if settings.IN_PRODUCTION:
        yield from _check_light_tasks()
        yield from _check_secret_key()
        yield from _check_flower()
        yield from _check_rabbitmq()
        yield from _check_redis()
        yield from _check_mail()


def _check_light_tasks() -> Iterator[CheckMessage]:
    for alias in settings.TASKS:
        backend = task_backends[alias]
        if isinstance(backend, ImmediateBackend | DummyBackend):
            yield Error(
                f"The Django tasks of TASKS[{alias!r}] run in the request, or not at all",
                hint=f"{type(backend).__name__} is for development: choose one that stores tasks",
                id="operations.E006",
            )


def _check_secret_key() -> Iterator[CheckMessage]:
    # Django itself only warns, and only when asked with --deploy.
    if check_secret_key(None):
        yield Error(
            "SECRET_KEY is short, or made for development: whoever guesses it is anybody",
            hint="Set it to 50 random characters, such as `openssl rand -base64 48` gives",
            id="operations.E007",
        )


def _check_flower() -> Iterator[CheckMessage]:
    # The others do without its login, and so do hosts where it does not run.
    if not STARTS_FLOWER.search(" ".join(sys.argv)):
        return
    if os.environ.get("FLOWER_BASIC_AUTH", "") in {"", "admin:admin"}:
        yield Error(
            "Flower lets anybody in, who may then stop workers and start tasks",
            hint="Set FLOWER_BASIC_AUTH to a name and a password: name:password",
            id="operations.E008",
        )


def _check_rabbitmq() -> Iterator[CheckMessage]:
    if broker() == RABBITMQ and (current_app.connection_for_read().userid or "guest") == "guest":
        yield CheckWarning(
            "RabbitMQ's login is the one that everybody knows",
            hint="Name a user of your own in CELERY_BROKER_URL, and delete the user guest",
            id="operations.W002",
        )


def _check_redis() -> Iterator[CheckMessage]:
    unlocked = {role for role, parts in servers() if is_remote(parts) and "password" not in parts}
    if unlocked:
        yield CheckWarning(
            f"Redis asks for no password, for {', '.join(sorted(unlocked))}",
            hint="Give it one, and name it in the address: redis://:password@host:6379",
            id="operations.W003",
        )


def _check_mail() -> Iterator[CheckMessage]:
    step, claim = settings.EMAIL_TIMEOUT, settings.SENDING_CLAIM_SECONDS
    if not step or step < 0 or claim < STEPS_OF_A_MAIL * step:
        yield Error(
            "A mail to a slow server may outlast its claim, and then another process sends it too",
            hint="Set EMAIL_TIMEOUT to some seconds, and SENDING_CLAIM_SECONDS to "
            f"{STEPS_OF_A_MAIL} times as much",
            id="operations.E012",
        )


CHECKS = (check_production,)
