"""Addresses under /api/v1/."""

from django.urls import path

from apps.resumes import views

urlpatterns = [
    path("resumes/", views.ResumesView.as_view(), name="resumes"),
    path("resumes/wishes/", views.WishesView.as_view(), name="wishes"),
    path("resumes/<uuid:resume_id>/", views.ResumeView.as_view(), name="resume"),
]
