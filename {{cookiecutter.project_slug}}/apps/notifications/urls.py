"""Addresses under /api/v1/."""

from django.urls import path

from apps.notifications import views

urlpatterns = [
    path("notifications/", views.NotificationsView.as_view(), name="notifications"),
    path(
        "notifications/preferences/",
        views.PreferencesView.as_view(),
        name="notification-preferences",
    ),
    path("notifications/devices/", views.DevicesView.as_view(), name="devices"),
    path("notifications/devices/<int:device_id>/", views.DeviceView.as_view(), name="device"),
    path(
        "notifications/<uuid:notification_id>/read/",
        views.ReadView.as_view(),
        name="notification-read",
    ),
]
