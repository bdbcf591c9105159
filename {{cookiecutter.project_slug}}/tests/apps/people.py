"""People to test with."""

from django.conf import settings

from apps.accounts.models import Profile, User

PASSWORD = "correct horse battery"


def make_user(
    email: str, role: str = settings.ACCOUNT_ROLES[0], full_name: str = "Ann Example"
) -> User:
    """Somebody who is registered, by default in the first role."""
    user = User.objects.create_user(email, PASSWORD)
    Profile.objects.create(user=user, role=role, full_name=full_name)
    return user
