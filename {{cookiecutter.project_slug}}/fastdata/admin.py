"""Feature flags in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from fastdata.models import FeatureFlag


@admin.register(FeatureFlag)
class FeatureFlagAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Switch features in the list."""

    list_display = ("name", "enabled", "description")
    list_editable = ("enabled",)
    search_fields = ("name", "description")

    def get_readonly_fields(
        self, request: HttpRequest, obj: FeatureFlag | None = None
    ) -> tuple[str, ...]:
        """The code asks by name, so a flag keeps its own."""
        return ("name",) if obj else ()
