"""Money in the admin."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.models import User
from apps.payments import services
from apps.payments.models import Payment, Payout, PayoutAccount, Transfer
from background.admin import WorkAdmin


class TransferAdmin(WorkAdmin):
    """The base for both ways: the books are kept."""

    actions = ("note_moved", "note_unmoved")

    def has_delete_permission(self, request: HttpRequest, obj: Transfer | None = None) -> bool:
        """Nobody deletes one: a request that is repeated would move the money again."""
        return False

    @admin.display(empty_value="")
    def in_doubt(self, transfer: Transfer) -> str | None:
        """That somebody is to look at the gateway for it."""
        return "in doubt" if transfer.is_in_doubt else None

    @admin.action(description="The gateway shows that it was moved", permissions=["act"])
    def note_moved(self, request: HttpRequest, transfers: QuerySet[Any]) -> None:
        """Make the chosen ones COMPLETE that were in doubt."""
        self._decide(request, transfers, services.note_moved)

    @admin.action(description="The gateway shows that nothing was moved", permissions=["act"])
    def note_unmoved(self, request: HttpRequest, transfers: QuerySet[Any]) -> None:
        """Let the chosen ones that were in doubt be replayed or ordered anew."""
        self._decide(request, transfers, services.note_unmoved)

    def _decide(
        self,
        request: HttpRequest,
        transfers: QuerySet[Any],
        decide: Callable[[User, Transfer], bool],
    ) -> None:
        staff = cast("User", request.user)
        decided = 0
        for transfer in transfers:
            if decide(staff, transfer):
                decided += 1
            else:
                self.message_user(request, f"{transfer} was not in doubt", messages.ERROR)
        self.message_user(request, f"{decided} of {transfers.count()} decided")


@admin.register(Payment)
class PaymentAdmin(TransferAdmin):
    """Payments by status."""

    list_display = ("job", "amount", "currency", "in_doubt", *WorkAdmin.list_display)
    search_fields = ("job__title", "owner__email", "charge_id", *WorkAdmin.search_fields)
    list_select_related = ("owner", "job")


@admin.register(Payout)
class PayoutAdmin(TransferAdmin):
    """Payouts by status."""

    list_display = ("user", "amount", "currency", "reason", "in_doubt", *WorkAdmin.list_display)
    search_fields = ("user__email", "reason", "transfer_id", *WorkAdmin.search_fields)
    list_select_related = ("owner", "user")


@admin.register(PayoutAccount)
class PayoutAccountAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where users are paid."""

    list_display = ("user", "account")
    list_select_related = ("user",)
    search_fields = ("user__email", "account")
    autocomplete_fields = ("user",)
