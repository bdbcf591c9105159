"""SMS backends: the console, and Twilio through its protocol."""

import logging
import socket
import sys
from base64 import b64decode
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from twilio.base.exceptions import TwilioRestException

from apps.notifications.sms import get_sms_backend
from apps.notifications.sms.base import UnreachableNumberError
from background.errors import TransientError
from tests.apps.notifications.servers import Twilio, twilio_error
from tests.support.serving import Answer, serving

PHONE = "+4930123456"


@pytest.fixture(autouse=True)
def twilio_settings(settings: Any) -> None:
    """An account at Twilio."""
    settings.SMS_BACKEND = "apps.notifications.sms.twilio.TwilioSms"
    settings.TWILIO_ACCOUNT_SID = "AC1"
    settings.TWILIO_AUTH_TOKEN = "secret"
    settings.TWILIO_FROM_NUMBER = "+15550100"


def test_the_console_gets_one_line(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.SMS_BACKEND = "apps.notifications.sms.console.ConsoleSms"

    with caplog.at_level(logging.INFO):
        get_sms_backend().send(PHONE, "Tea is ready:\nhot")

    assert [record.getMessage() for record in caplog.records] == [
        "Text to phone …3456: 'Tea is ready:\\nhot'"
    ]


def test_twilio_is_given_the_message(settings: Any) -> None:
    with serving(Twilio()) as twilio:
        settings.TWILIO_URL = twilio.url
        get_sms_backend().send(PHONE, "Tea is ready")

    (post,) = twilio.posts
    assert post.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert b64decode(post.headers["Authorization"].removeprefix("Basic ")) == b"AC1:secret"
    assert twilio.messages == [{"To": PHONE, "From": "+15550100", "Body": "Tea is ready"}]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (twilio_error(429, 20429), TransientError),
        (twilio_error(503, 20503), TransientError),
        ((500, b"<html>"), TransientError),
        (twilio_error(400, 21211), UnreachableNumberError),
        (twilio_error(400, 21610), UnreachableNumberError),
        (twilio_error(401, 20003), TwilioRestException),
        (twilio_error(400, 21606), TwilioRestException),
    ],
)
def test_what_follows_from_twilios_answer(
    settings: Any, answer: Answer, error: type[Exception]
) -> None:
    with serving(Twilio(answer)) as twilio:
        settings.TWILIO_URL = twilio.url

        with pytest.raises(error) as raised:
            get_sms_backend().send(PHONE, "Tea is ready")

    assert raised.type is error


@pytest.mark.parametrize("hangs", [False, True])
def test_a_twilio_that_does_not_answer_may_later(settings: Any, hangs: bool) -> None:
    settings.TWILIO_TIMEOUT = 0.3
    with socket.socket() as service:
        service.bind(("127.0.0.1", 0))
        if hangs:
            service.listen()
        settings.TWILIO_URL = f"http://127.0.0.1:{service.getsockname()[1]}"

        with pytest.raises(TransientError, match="did not answer"):
            get_sms_backend().send(PHONE, "Tea is ready")


def test_a_setting_that_is_missing_is_named(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""

    with pytest.raises(ImproperlyConfigured, match="needs TWILIO_AUTH_TOKEN"):
        get_sms_backend()


def test_an_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "apps.notifications.sms.twilio", raising=False)
    monkeypatch.setitem(sys.modules, "twilio.rest", None)

    with pytest.raises(ImproperlyConfigured, match="uv sync --extra sms"):
        get_sms_backend()
