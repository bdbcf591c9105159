"""Addresses under /api/v1/."""

from django.urls import path

from apps.webhooks import views

urlpatterns = [
    path("webhooks/", views.SubscriptionsView.as_view(), name="webhooks"),
    path("webhooks/<int:subscription_id>/", views.SubscriptionView.as_view(), name="webhook"),
    path(
        "webhooks/<int:subscription_id>/deliveries/",
        views.DeliveriesView.as_view(),
        name="webhook-deliveries",
    ),
]
