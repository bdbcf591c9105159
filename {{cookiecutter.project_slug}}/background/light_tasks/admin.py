"""Light tasks in the admin: the library's list, from which they can be run again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult

from background.light_tasks.recovery import run_again

admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class LightTaskAdmin(DBTaskResultAdmin):
    """Read how light tasks ended, and start one again once the reason is gone."""

    # By path, because the library's own column fails for a task that is none any more.
    list_display = (
        "id",
        "task_path",
        "status",
        "enqueued_at",
        "started_at",
        "finished_at",
        "priority",
        "queue_name",
    )
    actions = ("run_again",)
    search_fields = ("task_path", "traceback")

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Who may add results, as a run does; reading them is not enough."""
        return request.user.has_perm("django_tasks_database.add_dbtaskresult")

    @admin.action(description="Run again", permissions=["run"])
    def run_again(self, request: HttpRequest, results: QuerySet[Any]) -> None:
        """Enqueue the chosen tasks anew, and say which could not be."""
        started = 0
        for result in results:
            try:
                run_again(result)
            except LookupError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                started += 1
        self.message_user(request, f"{started} of {results.count()} run again")
