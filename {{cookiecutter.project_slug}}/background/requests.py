"""What a worker's first process knows of a message while a child runs its task."""

from celery.worker.request import Request as StockRequest


class Request(StockRequest):
    """Tells `on_failure` which message it is about; at a time limit Celery does not."""

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """End the task at its hard time limit (seconds), with its message in `task.request`."""
        context = self._context  # type: ignore[attr-defined]  # missing in the stubs
        self.task.request_stack.push(context)
        try:
            super().on_timeout(soft, timeout)
        finally:
            self.task.request_stack.pop()
