"""Visitors of a web server, who are to be answered whatever has happened behind it."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.request import Request, urlopen

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.authtoken.models import Token

from apps.accounts.models import User

# What a request may take, whatever is away (seconds).
PATIENCE_OF_A_USER = 5.0


class Web:
    """A web server as its visitors see it; `user` is who asks, by default nobody in particular."""

    def __init__(self, url: str) -> None:
        self._url = url
        # What the slowest answer took (seconds).
        self.slowest = 0.0

    def get(self, path: str, user: User | None = None) -> dict[str, Any]:
        """Read what is at an address of the interface."""
        return self._ask(path, None, {}, user)

    def post(
        self,
        path: str,
        wanted: Mapping[str, Any],
        user: User | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Ask for something; the answer."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        return self._ask(path, json.dumps(wanted).encode(), headers, user)

    def upload(self, path: str, file: SimpleUploadedFile, user: User) -> dict[str, Any]:
        """Upload a file; the answer."""
        form = encode_multipart(BOUNDARY, {"file": file})
        return self._ask(path, form, {"Content-Type": MULTIPART_CONTENT}, user)

    def _ask(
        self, path: str, body: bytes | None, headers: Mapping[str, str], user: User | None
    ) -> dict[str, Any]:
        """The answer. Raises HTTPError when it is a refusal."""
        request = Request(f"{self._url}/api/v1/{path}", body, {**headers, **_login(user)})
        began = time.monotonic()
        with urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return answer


def _login(user: User | None) -> dict[str, str]:
    if user is None:
        return {}
    token, _ = Token.objects.get_or_create(user=user)
    return {"Authorization": f"Token {token.key}"}
