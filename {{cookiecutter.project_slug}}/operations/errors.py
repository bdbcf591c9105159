"""Answers where no view gives one: whoever asks the HTTP interface gets JSON, a browser a page."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views import defaults

INTERFACE = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """400: Django itself refused the request."""
    if request.path.startswith(INTERFACE):
        return JsonResponse({"detail": "The request can't be read."}, status=400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """404: the address is none of ours."""
    if request.path.startswith(INTERFACE):
        return JsonResponse({"detail": "There is no such address."}, status=404)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500: our fault; the log says more."""
    if request.path.startswith(INTERFACE):
        return JsonResponse({"detail": "Something went wrong on our side."}, status=500)
    return defaults.server_error(request)


class Application(ASGIHandler):
    """Django; a request whose Content-Type it can't read is the client's fault, and no crash."""

    def create_request(
        self, scope: Mapping[str, Any], body_file: IO[bytes]
    ) -> tuple[ASGIRequest, None] | tuple[None, HttpResponseBase]:
        """The request, or else the answer to it."""
        try:
            return super().create_request(scope, body_file)
        except ValueError:
            return None, HttpResponseBadRequest("The header Content-Type can't be read.")
