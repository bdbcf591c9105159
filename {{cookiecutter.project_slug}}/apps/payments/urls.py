"""Addresses under /api/v1/."""

from django.urls import path

from apps.payments import views

urlpatterns = [
    path("payments/", views.PaymentsView.as_view(), name="payments"),
    path("payments/<uuid:payment_id>/", views.PaymentView.as_view(), name="payment"),
    path("payouts/", views.PayoutsView.as_view(), name="payouts"),
]
