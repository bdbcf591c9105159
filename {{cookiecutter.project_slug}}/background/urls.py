"""Addresses of background work, below /api/v1/."""

from django.urls import path

from background.views import WorkView

urlpatterns = [
    path("tasks/<uuid:work_id>/", WorkView.as_view(), name="work"),
]
