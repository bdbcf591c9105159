"""Pushes through Firebase Cloud Messaging, HTTP v1."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from apps.notifications.push.base import PushBackend, UnregisteredDeviceError
from background.errors import TransientError

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
TOO_MANY_REQUESTS = 429


class FcmRefusedError(Exception):
    """FCM refuses the push, which is the fault of our settings or of our code."""


class FcmPush(PushBackend):
    """Posts as the service account whose key file settings.FCM_CREDENTIALS names."""

    def __init__(self) -> None:
        self._session = _log_in(settings.FCM_CREDENTIALS)

    def send(self, token: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """Push by one request, whose answer says what became of it."""
        try:
            response = self._session.post(
                f"{settings.FCM_URL}/v1/projects/{self._session.credentials.project_id}/messages:send",
                json={"message": _message(token, title, body, data)},
                timeout=settings.FCM_TIMEOUT,
            )
        except GoogleAuthError as error:
            if isinstance(error, TransportError) or error.retryable:
                raise TransientError("The push service gives out no access token now") from error
            raise
        except OSError as error:
            raise TransientError(
                f"The push service did not answer ({type(error).__name__})"
            ) from error
        if not response.ok:
            raise _meaning(response)


@cache
def _log_in(key_file: str) -> AuthorizedSession:
    """A session of a service account; kept, because its access token is good for an hour."""
    try:
        credentials = Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
            key_file, scopes=[SCOPE]
        )
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"FCM_CREDENTIALS names {key_file!r}: {error}. Give the path of the JSON file with the "
            "service account's key, from Firebase's project settings."
        ) from error
    # With a plain request for the token: the row of the delivery owns the retries.
    return AuthorizedSession(  # type: ignore[no-untyped-call]
        credentials, auth_request=Request()
    )


def _message(token: str, title: str, body: str, data: Mapping[str, str]) -> dict[str, Any]:
    """A message that takes the place of one sent before about the same notification."""
    return {
        "token": token,
        "notification": {"title": title, "body": body},
        "data": dict(data),
        "android": {"notification": {"tag": data["notification"]}},
        "apns": {"headers": {"apns-collapse-id": data["notification"]}},
        "webpush": {"notification": {"tag": data["notification"]}},
    }


def _meaning(response: Any) -> Exception:
    """What follows from an answer that is not OK."""
    status = response.status_code
    if status == TOO_MANY_REQUESTS or status >= 500:
        return TransientError(
            f"The push service is busy or broken ({status})", retry_after=_wait(response)
        )
    error = _read(response)
    if _is_about_the_device(error):
        return UnregisteredDeviceError("The push service does not know the device.")
    return FcmRefusedError(f"FCM answered {status}: {error.get('message', response.text[:500])}")


def _wait(response: Any) -> float:
    """How many seconds FCM asks us to leave it alone."""
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else 0.0


def _read(response: Any) -> dict[str, Any]:
    """The error object of an answer; empty when a proxy answered in FCM's place."""
    try:
        error = response.json()["error"]
    except (ValueError, TypeError, KeyError):
        return {}
    return error if isinstance(error, dict) else {}


def _is_about_the_device(error: Mapping[str, Any]) -> bool:
    details = error.get("details", [])
    # SENDER_ID_MISMATCH is not: with the key file of a wrong project it would be every device.
    if any(detail.get("errorCode") == "UNREGISTERED" for detail in details):
        return True
    # INVALID_ARGUMENT may be any part of the message; the text or the field tells which.
    violations = [each for detail in details for each in detail.get("fieldViolations", [])]
    return error.get("status") == "INVALID_ARGUMENT" and (
        "registration token" in error.get("message", "")
        or any(violation.get("field") == "message.token" for violation in violations)
    )
