"""Resumes in the admin."""

from django.contrib import admin

from apps.resumes.models import Resume, VirusScan, Wishes
from background.admin import WorkAdmin


@admin.register(Resume)
class ResumeAdmin(WorkAdmin):
    """Resumes by status."""

    list_display = ("filename", "match_score", *WorkAdmin.list_display)
    list_filter = ("kind", *WorkAdmin.list_filter)
    search_fields = ("filename", "owner__email", *WorkAdmin.search_fields)


@admin.register(VirusScan)
class VirusScanAdmin(WorkAdmin):
    """Scans by status."""

    list_display = ("resume", "threat", *WorkAdmin.list_display)
    search_fields = ("resume__filename", "owner__email", *WorkAdmin.search_fields)
    list_select_related = ("owner", "resume")


@admin.register(Wishes)
class WishesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What seekers wish for."""

    list_display = ("owner", "skills", "years")
    search_fields = ("owner__email",)
