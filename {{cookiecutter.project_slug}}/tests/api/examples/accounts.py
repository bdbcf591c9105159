"""Accounts, and the work that anybody may start."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.http import urlsafe_base64_encode

from apps.accounts.models import User
from tests.api.example import Example
from tests.apps.people import PASSWORD
from tests.sample.models import Parcel

ROLE = settings.ACCOUNT_ROLES[0]
AUTH = "/api/v1/auth"
EXAMPLES = [
    Example(
        None,
        "POST",
        f"{AUTH}/register/",
        {
            "email": "zoe@example.org",
            "password": PASSWORD,
            "role": ROLE,
            "full_name": "Zoë Example",
        },
        texts=("full_name",),
    ),
    Example(None, "POST", f"{AUTH}/login/", {"email": "{email}", "password": PASSWORD}),
    Example(None, "POST", f"{AUTH}/password-reset/", {"email": "{email}"}),
    Example(
        None,
        "POST",
        f"{AUTH}/password-reset/confirm/",
        {"uid": "{uid}", "token": "{token}", "password": PASSWORD},
    ),
    Example(ROLE, "PATCH", f"{AUTH}/me/", {"full_name": "Zoë Example"}, texts=("full_name",)),
]


def make_things(people: Mapping[str, User]) -> dict[str, Any]:
    """Make a piece of work, and a link that sets a new password."""
    user = people[ROLE]
    return {
        "email": user.email,
        "uid": urlsafe_base64_encode(str(user.pk).encode()),
        "token": default_token_generator.make_token(user),
        "work_id": Parcel.objects.create(owner=user).pk,
    }
