"""The header that makes a repeated request recognisable."""

import re

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from apps.payments.models import KEY_LENGTH

HEADER = "Idempotency-Key"
# Visible ASCII.
FORM = re.compile(rf"[!-~]{{1,{KEY_LENGTH}}}")

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{FORM.pattern}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="New for each order, and the same when a request is repeated.",
)


class KeyReused(APIException):
    """The answer to a key that came with another request before."""

    status_code = 422
    default_detail = f"This {HEADER} came with another request before: give a new one."
    default_code = "key_reused"


def key_of(request: Request) -> str:
    """The key of a request. Raises ValidationError when it has none that is good."""
    key = request.headers.get(HEADER, "")
    if not FORM.fullmatch(key):
        wanted = f"Send a key of 1 to {KEY_LENGTH} characters without spaces, new for each order."
        raise ValidationError({HEADER: [wanted]})
    return key
