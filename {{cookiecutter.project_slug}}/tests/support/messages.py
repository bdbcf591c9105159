"""Messages as the worker that has taken them sees them."""

from types import SimpleNamespace
from typing import Any

from celery import current_app
from celery.utils.functional import maybe_list
from kombu.utils.imports import symbol_by_name

from background.publishing import Message


def arrived(message: Message) -> Any:
    """What a worker makes of a message.

    `execute()` runs its task in this process, and `on_timeout(soft, seconds)` is what the worker's
    first process does at a time limit.
    """
    task, args, kwargs, options = message
    told = dict(options)
    headers = told.pop("headers", {})
    told["callbacks"] = maybe_list(told.pop("link", None))
    told["errbacks"] = maybe_list(told.pop("link_error", None))
    amqp: Any = current_app.amqp
    written = amqp.as_task_v2(told.pop("task_id"), task.name, args, kwargs, **told)
    received = SimpleNamespace(
        headers={**written.headers, **headers},
        properties=written.properties,
        body=written.body,
        delivery_info={},
    )
    request_class = symbol_by_name(task.Request)
    return request_class(received, app=current_app, task=task, decoded=True)
