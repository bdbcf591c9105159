"""Wires the app into Django."""

from django.apps import AppConfig
from django.core.checks import register


class PaymentsConfig(AppConfig):
    """Payments."""

    name = "apps.payments"

    def ready(self) -> None:
        """Check the gateway whenever Django checks the project."""
        from apps.payments.checks import check_gateway, check_that_money_moves

        register(check_gateway)
        register(check_that_money_moves)
