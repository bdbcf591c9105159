"""A person who uses the project over HTTP and WebSocket."""

import io
from typing import Any, Self

import httpx
from reportlab.pdfgen.canvas import Canvas
from websockets.sync.client import ClientConnection, connect

EMAIL = "ada@example.com"
PASSWORD = "an analytical engine"
RESUME = [
    "Ada Lovelace",
    "ada@example.com, +44 20 7946 0000",
    "Skills: Python, Django, PostgreSQL, Redis",
    "8 years of experience as a software engineer",
]


def resume_as_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    for number, line in enumerate(RESUME):
        canvas.drawString(72, 720 - 20 * number, line)
    canvas.save()
    return file.getvalue()


class Visitor:
    """Ada, who registers, logs in and uploads her resume."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1/", timeout=30)
        self._socket_url = url.replace("http", "ws", 1) + "/ws/notifications/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()

    def register(self, role: str) -> None:
        form = {"email": EMAIL, "password": PASSWORD, "role": role, "full_name": "Ada Lovelace"}
        self._answer("POST", "auth/register/", 201, json=form)

    def log_in(self) -> None:
        form = {"email": EMAIL, "password": PASSWORD}
        token = self._answer("POST", "auth/login/", 200, json=form)["token"]
        self._http.headers["Authorization"] = f"Token {token}"

    def me(self) -> dict[str, Any]:
        return self._answer("GET", "auth/me/", 200)

    def jobs(self) -> dict[str, Any]:
        return self._answer("GET", "jobs/", 200)

    def upload_resume(self) -> dict[str, Any]:
        files = {"file": ("resume.pdf", resume_as_pdf(), "application/pdf")}
        return self._answer("POST", "resumes/", 202, files=files)

    def resume(self, id: str) -> dict[str, Any]:  # noqa: A002
        return self._answer("GET", f"resumes/{id}/", 200)

    def task(self, id: str) -> dict[str, Any]:  # noqa: A002
        return self._answer("GET", f"tasks/{id}/", 200)

    def notifications(self) -> ClientConnection:
        """Return a WebSocket on which whatever concerns this visitor arrives."""
        token = {"Authorization": self._http.headers["Authorization"]}
        return connect(self._socket_url, additional_headers=token, open_timeout=30)

    def _answer(self, method: str, path: str, status: int, **request: Any) -> dict[str, Any]:
        response = self._http.request(method, path, **request)
        assert response.status_code == status, f"{method} {path}: {response.text[:500]}"
        return response.json()
