"""Tasks that are tried for ever, lost with their worker, or sent to nobody."""

import re
import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from celery import current_app
from celery.app.routes import MapRoute, Router, prepare
from celery.exceptions import QueueNotFound
from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.tasks import Task as LightTask

from background.checks.resolved import own_tasks, queue_of
from background.guards import GuardedTask
from background.models import TaskCall, work_models
from background.registry import find_registration, registration_of


def check_retries(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every task has a last retry, and says which errors may pass."""
    for task in own_tasks():
        # A row owns its retries, and Celery's count for nothing there.
        if (registration_of(task.name) or task).max_retries is None:
            yield Error(
                "It is tried again without end",
                hint="Give its decorator a number: max_retries=5",
                obj=task.name,
                id="background.E013",
            )
        if {Exception, BaseException} & {*getattr(task, "autoretry_for", ())}:
            yield Error(
                "It is tried again after any error, also one that will never pass",
                hint="Name what may pass in autoretry_for, or raise TransientError",
                obj=task.name,
                id="background.E014",
            )


def check_rows_have_a_task(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every kind of work has a task, also one whose open rows outlive the code that made them."""
    for model in work_models():
        # A call names its task itself.
        if model is not TaskCall and find_registration(model) is None:
            yield Error(
                "No task works on its rows, so each of them ends as a dead letter",
                hint=f'Declare @work_task("{model._meta.label}") in a tasks.py, or keep it until '
                "no row is open and the model goes too",
                obj=model,
                id="background.E024",
            )


def check_acknowledgement(**kwargs: Any) -> Iterator[CheckMessage]:
    """A message is gone when its work is done, and not before."""
    for task in own_tasks():
        if not (task.acks_late and task.reject_on_worker_lost):
            yield Error(
                "It is lost when its process is killed",
                hint="Leave acks_late and reject_on_worker_lost True, in the settings and on its "
                "decorator",
                obj=task.name,
                id="background.E015",
            )


def check_routes(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every task has a route, and every route a task, also one with a pattern."""
    routes = current_app.conf.task_routes
    router = Router(routes=prepare(routes), app=current_app)
    for task in own_tasks():
        if router.lookup_route(task.name) is None:
            yield Error(
                "No route says which queue it goes to",
                hint="Add it to ROUTES in config/queues.py",
                obj=task.name,
                id="background.E016",
            )
    for key in _route_keys(routes):
        if not _has_task(key):
            yield Error(
                f"A route names {getattr(key, 'pattern', key)}, and there is no such task",
                hint="Mend the name in ROUTES of config/queues.py, or remove it",
                id="background.E017",
            )


def check_destinations(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every task goes to a queue that is there, by its route or its decorator."""
    for task in own_tasks():
        try:
            queue_of(task)
        except QueueNotFound as error:
            yield Error(
                f"It can't be sent: {error}",
                hint="Mend its queue in CELERY_TASK_ROUTES, or on its decorator",
                obj=task.name,
                id="background.E022",
            )


def check_guards(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every task is sent past the guards of background/guards.py."""
    for task in own_tasks():
        if not isinstance(task, GuardedTask):
            yield Error(
                "It has a base of its own, which lets it be sent inside a transaction",
                hint="Derive that base from background.task.BackgroundTask, or leave it out",
                obj=task.name,
                id="background.E023",
            )


def check_critical_apps(**kwargs: Any) -> Iterator[CheckMessage]:
    """What must not be lost is no light task; each app is there."""
    there = {app.name for app in apps.get_app_configs()}
    for app in settings.CRITICAL_APPS:
        if app not in there:
            meant = get_close_matches(app, there, n=1)
            yield Error(
                f"CRITICAL_APPS names {app}, which is no installed app, so it guards nothing",
                hint=f"Say {meant[0]}" if meant else "Remove it from CRITICAL_APPS",
                id="background.E025",
            )
        for path in _light_tasks_of(app):
            yield Error(
                f"It is a Django task, and {app} is one of CRITICAL_APPS",
                hint="Make it a row of work (@work_task), or a @shared_task(base=BackgroundTask)",
                obj=path,
                id="background.E018",
            )


def _route_keys(routes: Any) -> Iterator[str | re.Pattern[str]]:
    """What routes name: tasks, globs and regular expressions.

    Celery takes one router or a list of them; each is a mapping or a list of pairs, or a function,
    which names nothing.
    """
    for router in routes if isinstance(routes, list | tuple) else [routes]:
        if isinstance(router, Mapping | list | tuple):
            yield from dict(router)


def _has_task(key: str | re.Pattern[str]) -> bool:
    """Whether a route for it leads anywhere, as Celery itself looks routes up."""
    route = MapRoute({key: {}})  # type: ignore[dict-item]  # the stubs lack expressions
    return any(route(name) is not None for name in current_app.tasks)


def _light_tasks_of(app: str) -> list[str]:
    """The dotted paths of the Django tasks that an app declares; its modules are loaded by now."""
    modules = [module for name, module in sys.modules.items() if f"{name}.".startswith(f"{app}.")]
    values = [value for module in modules for value in vars(module).values()]
    paths = {value.module_path for value in values if isinstance(value, LightTask)}
    return sorted(path for path in paths if path.startswith(f"{app}."))


CHECKS = (
    check_retries,
    check_rows_have_a_task,
    check_acknowledgement,
    check_routes,
    check_destinations,
    check_guards,
    check_critical_apps,
)
