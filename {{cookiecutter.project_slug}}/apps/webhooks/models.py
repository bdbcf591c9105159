"""Who wants to hear of which events at which address, and each telling with all its attempts."""

from django.conf import settings
from django.db import models

from background.models import Work

# Longer ones are refused by many servers.
URL_LENGTH = 2000


class Subscription(models.Model):
    """An address of a user's that hears of some of the user's events."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField("URL", max_length=URL_LENGTH)
    events = models.JSONField(default=list)
    is_active = models.BooleanField("active", default=True)
    # As it is, because every delivery is signed with it.
    secret = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.url


class Delivery(Work):
    """An event on its way to one subscription; its id is the `webhook-id` of every attempt."""

    # None once the subscription is deleted; what became of its deliveries stays.
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    event = models.CharField(max_length=64)
    # Written when the event happens, so that every attempt sends the same bytes.
    body = models.TextField()

    class Meta(Work.Meta):
        ordering = ("-created_at", "-pk")
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event} {self.pk} ({self.status})"


class Attempt(models.Model):
    """One try of a delivery; without an outcome when its process died, or while it lasts."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="history")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    http_status = models.PositiveSmallIntegerField("HTTP status", null=True)
    problem = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number"),
        )

    def __str__(self) -> str:
        return f"Attempt {self.number}"
