"""What the notification endpoints take and answer."""

from typing import Any

from rest_framework import serializers

from apps.notifications.models import Device, Notification, Preferences


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """Something that the user was told; `read_at` is null until it was read."""

    class Meta:
        model = Notification
        fields = ("id", "kind", "title", "body", "data", "created_at", "read_at")
        read_only_fields = fields


class PreferencesSerializer(serializers.ModelSerializer[Preferences]):
    """Over which channels the user wants to be told."""

    class Meta:
        model = Preferences
        fields = ("in_app", "push", "mail", "sms", "phone")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Text messages need a number, be it given now or before."""
        wanted = {"sms": self.instance.sms, "phone": self.instance.phone} if self.instance else {}
        wanted |= attrs
        if wanted.get("sms") and not wanted.get("phone"):
            raise serializers.ValidationError({"phone": ["Text messages need a number."]})
        return attrs


class DeviceSerializer(serializers.ModelSerializer[Device]):
    """A device that pushes reach."""

    # Not unique to the one who asks: a phone that changes hands takes its token along.
    token = serializers.CharField(max_length=512)

    class Meta:
        model = Device
        fields = ("id", "token", "created_at")
