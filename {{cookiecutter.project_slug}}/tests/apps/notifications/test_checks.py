"""Backends that can't be had are told at the start."""

from typing import Any

import pytest
from django.core.checks import run_checks


def errors() -> list[str]:
    return [each.msg for each in run_checks() if each.id == "notifications.E001"]


def test_the_defaults_can_be_had() -> None:
    assert errors() == []


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ("PUSH_BACKEND", "nonsense"),
        ("PUSH_BACKEND", "apps.notifications.push.fcm.Nonsense"),
        ("PUSH_BACKEND", "apps.notifications.push.fcm.FcmPush"),
        ("SMS_BACKEND", "apps.notifications.sms.nonsense.Sms"),
        ("SMS_BACKEND", "apps.notifications.sms.twilio.TwilioSms"),
    ],
)
def test_one_line_tells_which_setting_is_wrong(settings: Any, setting: str, path: str) -> None:
    setattr(settings, setting, path)

    (error,) = errors()

    assert "\n" not in error
    assert setting in error or "FCM_CREDENTIALS" in error
