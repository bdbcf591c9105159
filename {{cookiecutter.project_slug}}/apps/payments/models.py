"""Money on its way: payments by employers, and payouts to users."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.jobs.models import Job
from background.models import Work

# The longest that Stripe takes.
KEY_LENGTH = 255


class PayoutAccount(models.Model):
    """Where money that the site owes a user is sent."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payout_account"
    )
    account = models.CharField(
        max_length=255, help_text="As the payment gateway calls it, such as acct_1234."
    )

    def __str__(self) -> str:
        return f"{self.account} of user {self.user_id}"


class UnknownOutcomeError(Exception):
    """The gateway may have moved the money, and only the gateway knows."""


class Transfer(Work):
    """An order to move money, in the minor unit of its currency.

    Of the orders of one user, no two have the same idempotency key.
    """

    # What the request decides; a repeated one says the same.
    REQUESTED: tuple[str, ...] = ()

    # Unlike other work, money is always moved by somebody, and the books are kept.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField(help_text="In the minor unit, such as cents.")
    currency = models.CharField(max_length=3)
    idempotency_key = models.CharField(max_length=KEY_LENGTH)
    # When the gateway was first asked with the present key; None as long as it can't have moved
    # anything.
    asked_at = models.DateTimeField(null=True, blank=True)
    # How often the gateway has refused, and moved nothing.
    refusals = models.PositiveIntegerField(default=0)

    # It has failed, and the gateway has not said that nothing was moved.
    IN_DOUBT = models.Q(status=Work.Status.FAILED, asked_at__isnull=False)

    class Meta(Work.Meta):
        abstract = True
        ordering = ("-created_at", "-pk")
        constraints: ClassVar[tuple[models.UniqueConstraint, ...]] = (
            models.UniqueConstraint(fields=["owner", "idempotency_key"], name="%(class)s_once"),
        )

    @property
    def is_in_doubt(self) -> bool:
        """Whether it has failed, and the money may have been moved all the same."""
        return self.status == self.Status.FAILED and self.asked_at is not None

    @property
    def gateway_key(self) -> str:
        """What the gateway knows a repeated request by.

        A refusal is kept there for its key, so the next request has another one. After anything
        else it stays, because the money may have been moved.
        """
        return f"{self.pk}-{self.refusals}" if self.refusals else str(self.pk)

    def bury(self, error: BaseException) -> None:
        """Keep a dead letter of it, which says so when the money may have been moved."""
        if self.is_in_doubt:
            unknown = UnknownOutcomeError(
                "Whether the money was moved is not known: look at the gateway for "
                f"{self.gateway_key}, and tell what it shows by an action on the "
                f"{self._meta.verbose_name} in the admin. {error}"
            )
            unknown.__cause__ = error
            error = unknown
        super().bury(error)


class Payment(Transfer):
    """An employer's payment for having a posting featured.

    Of those for one posting one at most is open or in doubt.
    """

    REQUESTED = ("job_id", "card")

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="payments")
    card = models.CharField(max_length=255, help_text="The gateway's token for it.")
    charge_id = models.CharField(max_length=255, blank=True)

    class Meta(Transfer.Meta):
        constraints = (
            *Transfer.Meta.constraints,
            # Beside one of them, another one would be charged too.
            models.UniqueConstraint(
                fields=["job"],
                condition=models.Q(status__in=Work.OPEN) | Transfer.IN_DOUBT,
                name="payment_undecided",
            ),
        )

    def __str__(self) -> str:
        return f"Payment for {self.job_id} ({self.status})"


class Payout(Transfer):
    """Money that the site owes a user, ordered by its owner, one of the staff."""

    REQUESTED = ("user_id", "amount", "currency", "reason")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payouts"
    )
    # As it was when ordered: a request that is repeated must not name another one.
    account = models.CharField(max_length=255)
    reason = models.CharField(max_length=200)
    transfer_id = models.CharField(max_length=255, blank=True)

    def __str__(self) -> str:
        return f"Payout to user {self.user_id} ({self.status})"
