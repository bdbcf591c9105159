"""Addresses of the project itself: its start page, its health and its metrics."""

from django.urls import path

from operations import views

urlpatterns = [
    path("", views.start, name="start"),
    path("health/live/", views.live, name="live"),
    path("health/ready/", views.ready, name="ready"),
    path("metrics/", views.metrics, name="metrics"),
]
