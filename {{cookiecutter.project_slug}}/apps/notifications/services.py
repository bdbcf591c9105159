"""What a request may ask for."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.notifications.models import Device, Notification, Preferences

# Each of them gets every push, so there is an end to it; the oldest make room.
DEVICES_PER_USER = 20


def notifications_of(user: User) -> "QuerySet[Notification]":
    """What a user was told in the app, newest first."""
    return Notification.objects.filter(user=user, in_app=True)


def mark_read(user: User, notification_id: UUID) -> Notification | None:
    """Note that a user has read a notification; None when there is no such one.

    The time of the first reading stays.
    """
    own = notifications_of(user).filter(pk=notification_id)
    own.filter(read_at=None).update(read_at=timezone.now())
    return own.first()


def preferences_of(user: User) -> Preferences:
    """How a user wants to be told; the defaults as long as they did not say."""
    return Preferences.of(user.pk)


def change_preferences(user: User, **changes: Any) -> Preferences:
    """Change how a user wants to be told."""
    preferences, _ = Preferences.objects.update_or_create(user=user, defaults=changes)
    return preferences


def devices_of(user: User) -> "QuerySet[Device]":
    """The devices of a user, newest first."""
    return Device.objects.filter(user=user)


@transaction.atomic
def register_device(user: User, token: str) -> Device:
    """Send a user's pushes to a device from now on, and nobody else's."""
    device, _ = Device.objects.update_or_create(token=token, defaults={"user": user})
    surplus = devices_of(user).exclude(pk=device.pk)[DEVICES_PER_USER - 1 :]
    Device.objects.filter(pk__in=[old.pk for old in surplus]).delete()
    return device


def drop_device(user: User, device_id: int) -> bool:
    """Send no more pushes to a device; False when it is not the user's."""
    _, deleted = devices_of(user).filter(pk=device_id).delete()
    return Device._meta.label in deleted
