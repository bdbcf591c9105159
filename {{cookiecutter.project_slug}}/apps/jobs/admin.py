"""Postings and searches in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.jobs import cache
from apps.jobs.models import Job, SearchQuery
from background.admin import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Postings; here they become featured."""

    list_display = ("title", "employer", "status", "is_featured", "deadline", "application_count")
    list_filter = ("status", "is_featured", "deadline")
    list_select_related = ("employer",)
    search_fields = ("title", "location", "employer__email")
    autocomplete_fields = ("employer",)
    readonly_fields = ("application_count",)

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """A posting is closed: deleting it would take its applications along."""
        return False

    def save_model(self, request: HttpRequest, obj: Job, form: Any, change: bool) -> None:
        """What is kept of the posting follows what the admin changes."""
        super().save_model(request, obj, form, change)
        cache.forget_on_commit(obj.pk, obj.employer_id)


@admin.register(SearchQuery)
class SearchQueryAdmin(ReadOnlyAdmin):
    """What people look for."""

    list_display = ("at", "text", "results", "user")
    search_fields = ("text",)
    date_hierarchy = "at"
    list_select_related = ("user",)
