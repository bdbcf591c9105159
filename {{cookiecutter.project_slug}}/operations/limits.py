"""What one client may ask of the site: how often, and how much at once."""

import json
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.template.defaultfilters import filesizeformat
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from fastdata.rate_limits import RateLimit, take_from_period

# Its class reads the settings that name this module, so that either may be imported first.
if TYPE_CHECKING:
    from rest_framework.views import APIView

TOO_LARGE = 413


class AddressThrottle(BaseThrottle):
    """Lets an address ask settings.API_RATE_PER_ADDRESS times a minute; 0 is any number."""

    def __init__(self) -> None:
        self._wait = 0.0

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request; whether it is within the limit."""
        amount = settings.API_RATE_PER_ADDRESS
        if amount:
            # On a Unix socket nobody has an address but by a proxy's header.
            address = self.get_ident(request) or "unknown"
            self._wait = take_from_period(RateLimit(amount=amount, seconds=60), "address", address)
        return not self._wait

    def wait(self) -> float:
        """The seconds until the address may ask again, for the header Retry-After."""
        return self._wait


class BoundedJSONParser(JSONParser):
    """Refuses JSON that is nested more deeply than Python can follow, or that is no text.

    JSON can spell half of a pair of surrogates, which no answer and no database can hold. How long
    it may be is settings.DATA_UPLOAD_MAX_MEMORY_SIZE, which Django looks after.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """What the JSON says. Raises ParseError, which answers 400."""
        try:
            content = super().parse(stream, media_type, parser_context)
            json.dumps(content, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except UnicodeEncodeError as error:
            raise ParseError("The JSON holds half a character (a lone surrogate).") from error
        return content


class TooLargeError(APIException):
    """A request that holds more than is taken."""

    status_code = TOO_LARGE
    default_code = "too_large"


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """The usual answers, and clear ones to what Django refuses to read."""
    from rest_framework.views import exception_handler

    if isinstance(error, RequestDataTooBig):
        error = TooLargeError(too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    elif isinstance(error, TooManyFieldsSent):
        error = ParseError(f"Send at most {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields.")
    elif isinstance(error, TooManyFilesSent):
        error = ParseError(f"Send at most {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files.")
    return exception_handler(error, context)


def too_large(limit: int) -> str:
    """What a client reads who sends more than `limit` bytes."""
    return f"The request is too large; the limit is {filesizeformat(limit)}."


class BoundedBody:
    """Wraps an ASGI application: takes no body larger than settings.REQUEST_MAX_BYTES.

    Django asks for its own limits only when it has stored the whole body, however large.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer 413 at once to a body that says it is too large, else as soon as it is."""
        limit = settings.REQUEST_MAX_BYTES
        received = int(dict(scope["headers"]).get(b"content-length", 0))

        async def receive_bounded() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # To the application the client has left, so it stops and answers nothing.
            return message if received <= limit else {"type": "http.disconnect"}

        if received <= limit:
            received = 0
            await self.application(scope, receive_bounded, send)
        if received > limit:
            await refuse(send, too_large(limit))


async def refuse(send: Any, reason: str) -> None:
    """Answer as the HTTP interface does."""
    body = json.dumps({"detail": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": TOO_LARGE, "headers": headers})
    await send({"type": "http.response.body", "body": body})
