"""Servers that speak the protocols of push and SMS services, on 127.0.0.1."""

import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from google.auth import jwt

from tests.support.serving import Answer, HttpService, Post

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE_KEY = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC_KEY = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

SENT: Answer = (200, b'{"name": "projects/board/messages/1"}')
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


def fcm_error(status: int, name: str, message: str, *details: dict[str, Any]) -> Answer:
    """An answer of FCM that is an error."""
    error = {"code": status, "message": message, "status": name, "details": list(details)}
    return status, json.dumps({"error": error}).encode()


def fcm_code(code: str) -> dict[str, Any]:
    """The detail by which FCM tells what is wrong in words of its own."""
    return {"@type": FCM_ERROR, "errorCode": code}


def fcm_field(field: str) -> dict[str, Any]:
    """The detail by which Google's services tell which field is wrong."""
    return {"@type": BAD_REQUEST, "fieldViolations": [{"field": field, "description": "Invalid"}]}


QUOTA = fcm_error(429, "RESOURCE_EXHAUSTED", "Quota exceeded", fcm_code("QUOTA_EXCEEDED"))
GONE = fcm_error(404, "NOT_FOUND", "Requested entity was not found.", fcm_code("UNREGISTERED"))
FORBIDDEN = fcm_error(403, "PERMISSION_DENIED", "Permission denied on resource project board.")


class Fcm(HttpService):
    """Google's token endpoint, and FCM behind it; `answers` are FCM's.

    It gives a token to whoever signs with the key of `write_key_file`.
    """

    def __init__(self, *answers: Answer) -> None:
        super().__init__(*(answers or [SENT]))
        self.token_answer: Answer | None = None
        self.logins = 0
        # Cleared, it lets requests wait, as a service does that hangs.
        self.awake = threading.Event()
        self.awake.set()

    def write_key_file(self, folder: Path) -> str:
        """The path of a service account's key file that leads here."""
        file = folder / "service-account.json"
        file.write_text(
            json.dumps(
                {
                    "type": "service_account",
                    "project_id": "board",
                    "private_key_id": "1",
                    "private_key": PRIVATE_KEY,
                    "client_email": "push@board.example.org",
                    "token_uri": f"{self.url}/token",
                }
            )
        )
        return str(file)

    def environment(self, folder: Path) -> dict[str, str]:
        """The variables of a worker that pushes through this server."""
        return {
            "PUSH_BACKEND": "apps.notifications.push.fcm.FcmPush",
            "FCM_URL": self.url,
            "FCM_CREDENTIALS": self.write_key_file(folder),
        }

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was pushed, taken or not."""
        return [json.loads(post.body)["message"] for post in self.posts]

    def answer(self, post: Post) -> Answer:
        """Give out a token, or answer a push that comes with one."""
        if post.path == "/token":
            return self.token_answer or self._log_in(post)
        assert post.path == "/v1/projects/board/messages:send"
        if post.headers["Authorization"] != f"Bearer token-{self.logins}":
            return fcm_error(401, "UNAUTHENTICATED", "No such token")
        answer = super().answer(post)
        self.awake.wait(30)
        return answer

    def _log_in(self, post: Post) -> Answer:
        (assertion,) = parse_qs(post.body)[b"assertion"]
        claims = jwt.decode(assertion, PUBLIC_KEY, audience="https://oauth2.googleapis.com/token")
        assert claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
        self.logins += 1
        token = {"access_token": f"token-{self.logins}", "expires_in": 3600}
        return 200, json.dumps(token | {"token_type": "Bearer"}).encode()


class Twilio(HttpService):
    """Twilio's API; unless told otherwise it takes every message."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(*(answers or [(201, b'{"sid": "SM1", "status": "queued"}')]))

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a worker that texts through this server."""
        return {
            "SMS_BACKEND": "apps.notifications.sms.twilio.TwilioSms",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "secret",
            "TWILIO_FROM_NUMBER": "+15550100",
            "TWILIO_URL": self.url,
        }

    @property
    def messages(self) -> list[dict[str, str]]:
        """What was texted, taken or not."""
        forms = [parse_qs(post.body.decode()) for post in self.posts]
        return [{name: value for name, (value,) in form.items()} for form in forms]


def twilio_error(status: int, code: int) -> Answer:
    """An answer of Twilio that is an error."""
    return status, json.dumps({"code": code, "message": "No", "status": status}).encode()
