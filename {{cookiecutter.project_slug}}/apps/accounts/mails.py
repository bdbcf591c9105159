"""The mails about an account; their texts stand in templates/mails."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from apps.accounts.models import User
from background.mail import send_mail_once


def send_welcome(user_id: int, request_id: str = "") -> None:
    """Greet a user, once for the registration and once for each further request.

    Nothing when there is no such user any more.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    send_mail_once(
        kind="welcome",
        about=f"request:{request_id}" if request_id else f"user:{user_id}",
        to=user.email,
        context={"name": user.get_full_name(), "url": settings.FRONTEND_URL},
    )


def send_password_reset(email: str, request_id: str) -> None:
    """Send the link that sets a new password, once for each request.

    Nothing when nobody can log in by that address.
    """
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None or not user.has_usable_password():
        return
    query = urlencode(
        {
            "uid": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        }
    )
    send_mail_once(
        kind="password_reset",
        about=f"request:{request_id}",
        to=user.email,
        context={
            "url": f"{settings.FRONTEND_URL}/password-reset/?{query}",
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        },
    )
