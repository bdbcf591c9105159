"""Signatures by which a receiver knows who sent a webhook, that it is whole, and how old it is.

They are those of https://www.standardwebhooks.com, made with that project's own library, so that
receivers find one for their language.
"""

import secrets
from base64 import b64encode
from datetime import datetime

from standardwebhooks import Webhook

# Bytes; the specification asks for 24 to 64.
SECRET_LENGTH = 32


def new_secret() -> str:
    """A secret for one subscription, in the form that receivers' libraries take."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_LENGTH)).decode()}"


def signed_headers(secret: str, webhook_id: str, at: datetime, body: str) -> dict[str, str]:
    """The headers that sign one attempt; `at` is its time, in UTC."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
    }
