"""Applications in the admin."""

from django.contrib import admin

from apps.applications.models import Application
from background.admin import ReadOnlyAdmin


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """Applications by status; they change through the interface, where their people hear of it."""

    list_display = ("job", "seeker", "status", "created_at", "updated_at")
    list_filter = ("status", "created_at")
    list_select_related = ("job", "seeker")
    search_fields = ("job__title", "seeker__email")
    date_hierarchy = "created_at"
