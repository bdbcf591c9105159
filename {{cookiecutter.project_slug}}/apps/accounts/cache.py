"""Keys and times of what is kept about accounts."""

from functools import partial
from typing import TypedDict

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from fastdata import cache

PROFILE_SECONDS = 300


class ProfileData(TypedDict):
    """A user as the HTTP interface shows one; without a profile role and full name are None."""

    id: int
    email: str
    role: str | None
    full_name: str | None


def profile_key(user_id: int) -> str:
    """Where a user's profile is kept."""
    return f"user:{user_id}:profile"


def profile(user_id: int) -> ProfileData:
    """A user's profile, cache first."""
    return cache.get_or_compute(
        profile_key(user_id), lambda: _load_profile(user_id), ttl=PROFILE_SECONDS
    )


def refresh_profile(user_id: int) -> ProfileData:
    """A user's profile from the database, after a change; kept for the next reader."""
    return cache.refresh(profile_key(user_id), lambda: _load_profile(user_id), ttl=PROFILE_SECONDS)


def refresh_profile_on_commit(user_id: int) -> None:
    """Do so once what is being written now is committed."""
    transaction.on_commit(partial(refresh_profile, user_id), robust=True)


def _load_profile(user_id: int) -> ProfileData:
    return User.objects.values(
        "id", "email", role=F("profile__role"), full_name=F("profile__full_name")
    ).get(pk=user_id)
