"""Push backends: the console, and FCM through its protocol."""

import logging
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from google.auth.exceptions import RefreshError

from apps.notifications.push import get_push_backend
from apps.notifications.push.base import UnregisteredDeviceError
from apps.notifications.push.fcm import FcmPush, FcmRefusedError
from background.errors import TransientError
from tests.apps.notifications.servers import (
    FORBIDDEN,
    GONE,
    QUOTA,
    SENT,
    Fcm,
    fcm_code,
    fcm_error,
    fcm_field,
)
from tests.support.serving import Answer, serving

NOT_A_TOKEN = "The registration token is not a valid FCM registration token"
DATA = {"notification": "42", "type": "tea.ready"}


class Recorder:
    """A backend of somebody's own."""


def use(fcm: Fcm, settings: Any, folder: Path) -> None:
    settings.FCM_URL = fcm.url
    settings.FCM_CREDENTIALS = fcm.write_key_file(folder)


def push(token: str = "phone") -> None:
    FcmPush().send(token, "Tea is ready", "Green, and hot.", DATA)


def test_the_backend_is_a_setting(settings: Any) -> None:
    settings.PUSH_BACKEND = "tests.apps.notifications.test_push.Recorder"

    assert isinstance(get_push_backend(), Recorder)


def test_the_console_gets_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        get_push_backend().send("a-long-token-that-is-a-secret", "Tea", "hot,\ngreen", DATA)

    (record,) = caplog.records
    line = record.getMessage()
    assert line.startswith("Push to device a-long-token…: 'Tea', ")
    assert "secret" not in line
    assert "\n" not in line


def test_fcm_is_given_the_message(settings: Any, tmp_path: Path) -> None:
    with serving(Fcm()) as fcm:
        use(fcm, settings, tmp_path)
        push("phone")

    (message,) = fcm.messages
    assert message["token"] == "phone"
    assert message["notification"] == {"title": "Tea is ready", "body": "Green, and hot."}
    assert message["data"] == DATA
    # What makes a push that is sent twice one on the phone
    assert message["android"]["notification"]["tag"] == "42"
    assert message["apns"]["headers"]["apns-collapse-id"] == "42"


def test_one_login_is_good_for_many_pushes(settings: Any, tmp_path: Path) -> None:
    with serving(Fcm()) as fcm:
        use(fcm, settings, tmp_path)
        for number in range(5):
            push(f"phone {number}")

    assert (fcm.logins, len(fcm.messages)) == (1, 5)


def test_a_token_that_fcm_forgot_is_fetched_anew(settings: Any, tmp_path: Path) -> None:
    with serving(Fcm()) as fcm:
        use(fcm, settings, tmp_path)
        push()
        fcm.logins += 1
        push()

    assert len(fcm.messages) == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (QUOTA, TransientError),
        (fcm_error(503, "UNAVAILABLE", "Down", fcm_code("UNAVAILABLE")), TransientError),
        ((500, b"<html>"), TransientError),
        (GONE, UnregisteredDeviceError),
        (
            fcm_error(403, "PERMISSION_DENIED", "Mismatch", fcm_code("SENDER_ID_MISMATCH")),
            FcmRefusedError,
        ),
        (
            fcm_error(400, "INVALID_ARGUMENT", NOT_A_TOKEN, fcm_code("INVALID_ARGUMENT")),
            UnregisteredDeviceError,
        ),
        (
            fcm_error(400, "INVALID_ARGUMENT", "Bad", fcm_field("message.token")),
            UnregisteredDeviceError,
        ),
        (
            fcm_error(400, "INVALID_ARGUMENT", "Bad", fcm_field("message.data[0].value")),
            FcmRefusedError,
        ),
        (
            fcm_error(400, "INVALID_ARGUMENT", "Too big", fcm_code("INVALID_ARGUMENT")),
            FcmRefusedError,
        ),
        (
            fcm_error(401, "UNAUTHENTICATED", "APNs key", fcm_code("THIRD_PARTY_AUTH_ERROR")),
            FcmRefusedError,
        ),
        (FORBIDDEN, FcmRefusedError),
        (fcm_error(404, "NOT_FOUND", "No such project"), FcmRefusedError),
        ((404, b"<html>"), FcmRefusedError),
        ((400, b"[]"), FcmRefusedError),
        ((400, b'{"error": "what"}'), FcmRefusedError),
    ],
)
def test_what_follows_from_fcms_answer(
    settings: Any, tmp_path: Path, answer: Answer, error: type[Exception]
) -> None:
    with serving(Fcm(answer)) as fcm:
        use(fcm, settings, tmp_path)

        with pytest.raises(error) as raised:
            push()

    assert raised.type is error


@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("soon", 0)])
def test_fcm_says_how_long_to_leave_it_alone(
    settings: Any, tmp_path: Path, header: str, seconds: float
) -> None:
    with serving(Fcm(QUOTA)) as fcm:
        use(fcm, settings, tmp_path)
        fcm.headers["Retry-After"] = header

        with pytest.raises(TransientError) as raised:
            push()

    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("hangs", [False, True])
def test_an_fcm_that_does_not_answer_may_later(settings: Any, tmp_path: Path, hangs: bool) -> None:
    settings.FCM_TIMEOUT = 0.3
    with serving(Fcm()) as fcm, socket.socket() as service:
        service.bind(("127.0.0.1", 0))
        if hangs:
            service.listen()
        use(fcm, settings, tmp_path)
        settings.FCM_URL = f"http://127.0.0.1:{service.getsockname()[1]}"

        with pytest.raises(TransientError, match="did not answer"):
            push()

    assert fcm.logins == 1


@pytest.mark.parametrize("answer", [None, (503, b"{}")])
def test_a_token_endpoint_that_is_down_may_come_back(
    settings: Any, tmp_path: Path, answer: Answer | None
) -> None:
    fcm = Fcm()
    use(fcm, settings, tmp_path)
    fcm.token_answer = answer
    if answer is None:
        fcm.server_close()
        with pytest.raises(TransientError, match="no access token"):
            push()
        return
    with serving(fcm):
        with pytest.raises(TransientError, match="no access token"):
            push()
        fcm.token_answer = None
        push()

    assert len(fcm.messages) == 1


def test_a_key_that_was_revoked_is_nothing_that_passes(settings: Any, tmp_path: Path) -> None:
    with serving(Fcm(SENT)) as fcm:
        use(fcm, settings, tmp_path)
        fcm.token_answer = (400, b'{"error": "invalid_grant"}')

        with pytest.raises(RefreshError):
            push()

    assert fcm.messages == []


@pytest.mark.parametrize("content", [None, "no JSON", "{}"])
def test_a_key_file_that_is_none_is_named(
    settings: Any, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    settings.FCM_CREDENTIALS = str(file)

    with pytest.raises(ImproperlyConfigured, match=r"FCM_CREDENTIALS names .*key\.json"):
        FcmPush()


def test_an_extra_that_is_not_installed_is_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUSH_BACKEND = "apps.notifications.push.fcm.FcmPush"
    monkeypatch.delitem(sys.modules, "apps.notifications.push.fcm")
    monkeypatch.setitem(sys.modules, "google.auth.exceptions", None)

    with pytest.raises(ImproperlyConfigured, match="uv sync --extra fcm"):
        get_push_backend()
