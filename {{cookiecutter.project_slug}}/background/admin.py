"""Dead letters, the sent log and rows of work in the admin."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from background import dead_letters
from background.models import DeadLetter, LastTick, Sending, TaskCall

TO_BE_REPLAYED, REPLAYED = "to be replayed", "replayed"


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """For what only the machinery may write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody makes one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one by hand."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may change them, as an action does; reading them is not enough."""
        return super().has_change_permission(request)


class OpenFilter(admin.SimpleListFilter):
    """Which dead letters are still to be replayed."""

    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What can be chosen."""
        return [("open", TO_BE_REPLAYED), ("done", REPLAYED)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[DeadLetter]
    ) -> QuerySet[DeadLetter]:
        """Those that were chosen."""
        match self.value():
            case "open":
                return queryset.filter(DeadLetter.OPEN)
            case "done":
                return queryset.exclude(DeadLetter.OPEN)
        return queryset


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """Read what went wrong, and start it again once the reason is gone."""

    list_display = ("task", "state", "error", "failed_at", "failures", "replays", "replayed_at")
    list_filter = (OpenFilter, "task", "failed_at")
    search_fields = ("task", "error", "work_id")
    date_hierarchy = "failed_at"
    actions = ("replay",)
    exclude = ("traceback",)
    readonly_fields = ("state", "lines_of_traceback")

    @admin.display(ordering="replayed_at")
    def state(self, letter: DeadLetter) -> str:
        """Whether somebody is to do something about it."""
        return TO_BE_REPLAYED if letter.is_open else REPLAYED

    @admin.display(description="traceback")
    def lines_of_traceback(self, letter: DeadLetter) -> str:
        """With its indents, which show what the marks below a line point at."""
        return format_html('<pre style="overflow-x: auto">{}</pre>', letter.traceback)

    @admin.action(description="Replay selected dead letters", permissions=["act"])
    def replay(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        """Start the work of the chosen letters again, and say which could not be."""
        replayed = 0
        for letter in letters:
            try:
                dead_letters.replay(letter)
            except LookupError as error:
                self.message_user(request, f"Not replayed: {error}", messages.ERROR)
            else:
                replayed += 1
        self.message_user(request, f"{replayed} of {letters.count()} replayed")


@admin.register(Sending)
class SendingAdmin(ReadOnlyAdmin):
    """The sent log: who was told what, and when."""

    list_display = ("kind", "object", "recipient", "created_at", "sent_at")
    list_filter = ("kind", "sent_at")
    search_fields = ("recipient", "object")
    date_hierarchy = "created_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one by hand: the same would be sent again."""
        return False


@admin.register(LastTick)
class LastTickAdmin(ReadOnlyAdmin):
    """What Beat goes by; the row of an entry that is gone may be deleted."""

    list_display = ("entry", "scheduled_at", "claimed_at")
    search_fields = ("entry",)


class WorkAdmin(ReadOnlyAdmin):
    """The base for a kind of work: its rows by status."""

    list_display: tuple[str, ...] = (
        "id",
        "status",
        "owner",
        "attempts",
        "crashes",
        "created_at",
        "finished_at",
    )
    list_filter: ClassVar[tuple[str, ...]] = ("status", "created_at")
    search_fields: ClassVar[tuple[str, ...]] = ("id", "error")
    list_select_related: ClassVar[tuple[str, ...]] = ("owner",)


@admin.register(TaskCall)
class TaskCallAdmin(WorkAdmin):
    """Calls of tasks that have no model: those that wait, run, or have failed."""

    list_display = ("task", "status", "attempts", "failures", "crashes", "due_at", "created_at")
    list_filter = (*WorkAdmin.list_filter, "task")
    search_fields = (*WorkAdmin.search_fields, "task", "args")
    list_select_related = ()
