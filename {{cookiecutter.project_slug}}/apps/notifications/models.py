"""What users are told, how they want to be told it, and each telling on its way."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from background.models import Work


class Preferences(models.Model):
    """Over which channels a user wants to be told; who said nothing has no row.

    The columns of channels are called as the channels are.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    in_app = models.BooleanField(default=True)
    push = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)
    sms = models.BooleanField("SMS", default=False)
    phone = models.CharField(
        max_length=16,
        blank=True,
        validators=[RegexValidator(r"^\+[1-9]\d{6,14}\Z", "Give it as +4930123456.")],
        help_text="In E.164, such as +4930123456.",
    )

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"Preferences of user {self.user_id}"

    @classmethod
    def of(cls, user_id: int) -> "Preferences":
        """The preferences of a user, as they are or as they would be."""
        return cls.objects.filter(user_id=user_id).first() or cls(user_id=user_id)


class Device(models.Model):
    """A phone or browser that pushes reach, known by the token that the push service gave it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices"
    )
    token = models.CharField(max_length=512, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.token[:12]}…"


class Notification(models.Model):
    """Something that a user was told."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=64)
    title = models.TextField()
    body = models.TextField()
    data = models.JSONField(default=dict, blank=True)
    # Without it the row is only what its deliveries have in common.
    in_app = models.BooleanField("in the app", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["user", "in_app", "-created_at"], name="notification_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"


class Delivery(Work):
    """A notification on its way over one channel, so that no channel stops or repeats another."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE)

    class Meta(Work.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} of {self.notification_id} ({self.status})"


class PushDelivery(Delivery):
    """A push to one device; None once the device is gone."""

    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True)

    class Meta(Delivery.Meta):
        verbose_name_plural = "push deliveries"


class MailDelivery(Delivery):
    """A mail."""

    class Meta(Delivery.Meta):
        verbose_name_plural = "mail deliveries"


class SmsDelivery(Delivery):
    """A text message."""

    class Meta(Delivery.Meta):
        verbose_name = "SMS delivery"
        verbose_name_plural = "SMS deliveries"
