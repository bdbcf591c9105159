"""What a request may ask for."""

from uuid import uuid4

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.utils.http import urlsafe_base64_decode
from rest_framework.authtoken.models import Token

from apps.accounts import cache
from apps.accounts.cache import ProfileData
from apps.accounts.models import Profile, User
from apps.accounts.tasks import send_password_reset_email, send_welcome_email


class EmailTakenError(Exception):
    """Somebody registered with this address before, perhaps a moment ago."""


def register(*, email: str, password: str, role: str, full_name: str) -> User:
    """Create a user with a profile; after commit the welcome mail goes out.

    Raises EmailTakenError.
    """
    user = User(email=email)
    # Before the transaction: hashing takes long on purpose, and SQLite has one writer.
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            Profile.objects.create(user=user, role=role, full_name=full_name)
            send_welcome_email.enqueue(user.pk)
            cache.refresh_profile_on_commit(user.pk)
    except IntegrityError as error:
        raise EmailTakenError(email) from error
    return user


def log_in(*, email: str, password: str) -> str | None:
    """The token that logs this user in, or None when the two do not belong together."""
    user = authenticate(email=email, password=password)
    if user is None:
        return None
    update_last_login(User, user)
    token, _ = Token.objects.get_or_create(user=user)
    return str(token.key)


def profile_of(user: User) -> ProfileData:
    """The user's profile, cache first."""
    return cache.profile(user.pk)


def change_profile(user: User, **changes: str) -> ProfileData:
    """Change a user's profile; somebody made for the admin alone gets one by it."""
    Profile.objects.update_or_create(user=user, defaults=changes)
    return cache.refresh_profile(user.pk)


def ask_for_welcome_mail(user: User) -> None:
    """Send the welcome mail once more."""
    send_welcome_email.enqueue(user.pk, str(uuid4()))


def ask_for_password_reset(*, email: str) -> None:
    """Send a link if the address is a user's; to the caller both cases look and last the same."""
    send_password_reset_email.enqueue(email, str(uuid4()))


def user_of_reset_link(*, uid: str, token: str) -> User | None:
    """Whom a password reset link is for; None when it is wrong, used or too old."""
    try:
        pk = urlsafe_base64_decode(uid).decode()
        user = User.objects.get(pk=pk, is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return user if default_token_generator.check_token(user, token) else None


def set_password(user: User, password: str) -> None:
    """Set a new password and log the user out everywhere."""
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        Token.objects.filter(user=user).delete()
