"""Notifications in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.notifications.models import (
    Device,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)


@pytest.mark.parametrize(
    "kind",
    ["notification", "preferences", "device", "pushdelivery", "maildelivery", "smsdelivery"],
)
def test_the_admin_lists_and_finds_them(admin_client: Client, user: User, kind: str) -> None:
    Preferences.objects.create(user=user)
    device = Device.objects.create(user=user, token="phone")
    notification = Notification.objects.create(user=user, kind="tea.ready", title="Tea")
    PushDelivery.objects.create(notification=notification, owner=user, device=device)
    MailDelivery.objects.create(notification=notification, owner=user)
    SmsDelivery.objects.create(notification=notification, owner=user)

    answer = admin_client.get(reverse(f"admin:notifications_{kind}_changelist"), {"q": user.email})

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 1
