"""Webhooks in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.webhooks.models import Attempt, Delivery, Subscription
from background.admin import ReadOnlyAdmin, WorkAdmin


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Where events go; deleting one ends that. Secrets are their owners' alone."""

    list_display = ("url", "owner", "is_active", "created_at")
    list_filter = ("is_active", "created_at")
    search_fields = ("url", "owner__email")
    list_select_related = ("owner",)
    exclude = ("secret",)


class AttemptInline(admin.TabularInline):  # type: ignore[type-arg]
    """The attempts of a delivery."""

    model = Attempt
    fields = readonly_fields = ("number", "at", "http_status", "problem", "milliseconds")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody makes one by hand."""
        return False


@admin.register(Delivery)
class DeliveryAdmin(WorkAdmin):
    """Deliveries by status, with every attempt."""

    list_display = ("event", "subscription", *WorkAdmin.list_display)
    search_fields = ("event", "subscription__url", "owner__email", *WorkAdmin.search_fields)
    list_select_related = ("owner", "subscription")
    inlines = (AttemptInline,)
