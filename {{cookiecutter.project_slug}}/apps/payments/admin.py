"""Money in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from apps.payments.models import Payment, Payout, PayoutAccount, Transfer
from background.admin import WorkAdmin


class TransferAdmin(WorkAdmin):
    """The base for both ways: the books are kept."""

    def has_delete_permission(self, request: HttpRequest, obj: Transfer | None = None) -> bool:
        """Nobody deletes one: a request that is repeated would move the money again."""
        return False


@admin.register(Payment)
class PaymentAdmin(TransferAdmin):
    """Payments by status."""

    list_display = ("job", "amount", "currency", *WorkAdmin.list_display)
    search_fields = ("job__title", "owner__email", "charge_id", *WorkAdmin.search_fields)
    list_select_related = ("owner", "job")


@admin.register(Payout)
class PayoutAdmin(TransferAdmin):
    """Payouts by status."""

    list_display = ("user", "amount", "currency", "reason", *WorkAdmin.list_display)
    search_fields = ("user__email", "reason", "transfer_id", *WorkAdmin.search_fields)
    list_select_related = ("owner", "user")


@admin.register(PayoutAccount)
class PayoutAccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where users are paid."""

    list_display = ("user", "account")
    list_select_related = ("user",)
    search_fields = ("user__email", "account")
    autocomplete_fields = ("user",)
