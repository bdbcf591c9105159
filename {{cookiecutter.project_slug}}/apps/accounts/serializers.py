"""What the account endpoints take and answer."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from apps.accounts import services
from apps.accounts.models import Profile, User

NAME_LENGTH = Profile._meta.get_field("full_name").max_length


class PasswordField(serializers.CharField):
    """A password as typed, blanks included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(write_only=True, trim_whitespace=False, max_length=128, **options)


def check_password_rules(password: str, user: User) -> None:
    """Raise a field error that tells every rule the password breaks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise serializers.ValidationError({"password": error.messages}) from error


class RegisterSerializer(serializers.Serializer[Any]):
    """A new user."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField()
    role = serializers.ChoiceField(choices=settings.ACCOUNT_ROLES)
    full_name = serializers.CharField(max_length=NAME_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A password may not resemble the address either."""
        check_password_rules(attrs["password"], User(email=attrs["email"]))
        return attrs


class LoginSerializer(serializers.Serializer[Any]):
    """What a user logs in with."""

    email = serializers.EmailField()
    password = PasswordField()


class TokenSerializer(serializers.Serializer[Any]):
    """Goes into the header `Authorization: Token …`."""

    token = serializers.CharField(read_only=True)


class ProfileSerializer(serializers.Serializer[Any]):
    """A user as they see themselves; only the name is theirs to change."""

    id = serializers.IntegerField(read_only=True)
    email = serializers.EmailField(read_only=True)
    role = serializers.CharField(read_only=True, allow_null=True)
    full_name = serializers.CharField(max_length=NAME_LENGTH)


class PasswordResetSerializer(serializers.Serializer[Any]):
    """Whose password is to be set anew."""

    email = serializers.EmailField(max_length=254)


class PasswordResetConfirmSerializer(serializers.Serializer[Any]):
    """The two values from the link, and the new password."""

    uid = serializers.CharField(max_length=64)
    token = serializers.CharField(max_length=128)
    password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the user of the link."""
        user = services.user_of_reset_link(uid=attrs["uid"], token=attrs["token"])
        if user is None:
            raise serializers.ValidationError(
                {"token": ["This link is wrong, used or too old: ask for a new one."]}
            )
        check_password_rules(attrs["password"], user)
        return {**attrs, "user": user}
