"""Mails about an account."""

from apps.accounts.tasks import send_password_reset_email, send_welcome_email
from tests.apps.people import make_user
from tests.tasks.example import FarEnds, LightExample

EMAIL = "ann@example.org"


def greet() -> list[int]:
    """Somebody who has just registered."""
    return [make_user(EMAIL).pk]


def reset() -> list[str]:
    """Somebody who has forgotten the password."""
    return [make_user(EMAIL).email, "request 1"]


def mails(far: FarEnds) -> int:
    """How many have arrived."""
    return len(far.mailbox.to(EMAIL))


LIGHT_EXAMPLES = [
    LightExample(task=send_welcome_email, make=greet, effects=mails),
    LightExample(task=send_password_reset_email, make=reset, effects=mails),
]
