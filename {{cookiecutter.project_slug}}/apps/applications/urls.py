"""Addresses under /api/v1/."""

from django.urls import path

from apps.applications import views

urlpatterns = [
    path("applications/", views.ApplicationsView.as_view(), name="applications"),
    path(
        "applications/<int:application_id>/",
        views.ApplicationView.as_view(),
        name="application",
    ),
    path(
        "applications/<int:application_id>/withdraw/",
        views.WithdrawView.as_view(),
        name="withdraw-application",
    ),
    path("jobs/<int:job_id>/applications/", views.ApplicantsView.as_view(), name="applicants"),
]
