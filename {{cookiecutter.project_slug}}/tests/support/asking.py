"""Asking a worker, as `celery inspect` does."""

from typing import Any

from celery import current_app

from tests.support.waiting import PATIENCE, wait_until


def ask_the_worker(question: str) -> Any:
    """The answer of the only worker there is to what `celery inspect` may ask."""
    # There is no other one, so its answer need not be waited out.
    inspect = current_app.control.inspect(timeout=PATIENCE, limit=1)
    # On RabbitMQ something else may come first, and then nobody has answered.
    answers: dict[str, Any] = wait_until(getattr(inspect, question))
    (answer,) = answers.values()
    return answer
