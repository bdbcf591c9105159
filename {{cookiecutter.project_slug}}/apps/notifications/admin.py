"""Notifications in the admin."""

from django.contrib import admin

from apps.notifications.models import (
    Device,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)
from background.admin import ReadOnlyAdmin, WorkAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What users were told."""

    list_display = ("title", "kind", "user", "in_app", "created_at", "read_at")
    list_filter = ("kind", "in_app", "created_at")
    search_fields = ("title", "user__email")
    list_select_related = ("user",)


@admin.register(Preferences)
class PreferencesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """How users want to be told."""

    list_display = ("user", "in_app", "push", "mail", "sms")
    search_fields = ("user__email", "phone")
    autocomplete_fields = ("user",)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """Where pushes go; deleting one ends them."""

    list_display = ("__str__", "user", "created_at")
    search_fields = ("token", "user__email")
    list_select_related = ("user",)


@admin.register(PushDelivery, MailDelivery, SmsDelivery)
class DeliveryAdmin(WorkAdmin):
    """Deliveries by status."""

    list_display = ("notification", *WorkAdmin.list_display)
    search_fields = ("notification__title", "owner__email", *WorkAdmin.search_fields)
    list_select_related = ("owner", "notification")
