"""The audit log in the admin."""

from django.contrib import admin

from apps.audit.models import AuditEntry
from background.admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what; nobody edits history."""

    list_display = ("at", "actor", "action", "about")
    list_filter = ("action", "at")
    search_fields = ("about", "actor__email")
    date_hierarchy = "at"
    list_select_related = ("actor",)
