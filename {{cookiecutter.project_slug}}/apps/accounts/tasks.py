"""What happens after a user's action and takes less than two seconds: Django tasks."""

from django.tasks import task

from apps.accounts import mails


@task()
def send_welcome_email(user_id: int, request_id: str = "") -> None:
    """Greet a new user, or one who asked for it again."""
    mails.send_welcome(user_id, request_id)


@task()
def send_password_reset_email(email: str, request_id: str) -> None:
    """Send the link that sets a new password.

    By address rather than by id, so that the request need not look whether there is a user.
    """
    mails.send_password_reset(email, request_id)
