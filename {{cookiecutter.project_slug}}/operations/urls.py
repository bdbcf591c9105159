"""Addresses of the project itself: its start page and its health."""

from django.urls import path

from operations import views

urlpatterns = [
    path("", views.start, name="start"),
    path("health/live/", views.live, name="live"),
    path("health/ready/", views.ready, name="ready"),
]
