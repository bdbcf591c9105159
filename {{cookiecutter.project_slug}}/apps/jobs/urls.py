"""Addresses under /api/v1/."""

from django.urls import path

from apps.jobs import views

urlpatterns = [
    path("jobs/", views.JobsView.as_view(), name="jobs"),
    path("jobs/featured/", views.FeaturedJobsView.as_view(), name="featured-jobs"),
    path("jobs/searches/", views.SearchesView.as_view(), name="searches"),
    path("jobs/<int:job_id>/", views.JobView.as_view(), name="job"),
    path("jobs/<int:job_id>/close/", views.CloseJobView.as_view(), name="close-job"),
    path("jobs/<int:job_id>/statistics/", views.JobStatisticsView.as_view(), name="job-statistics"),
    path("employers/leaderboard/", views.LeaderboardView.as_view(), name="leaderboard"),
    path("employers/<int:employer_id>/", views.EmployerView.as_view(), name="employer"),
]
