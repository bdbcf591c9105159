"""Users, known by their e-mail address, and what the site knows about each."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


class LowerCaseEmailField(models.EmailField):  # type: ignore[type-arg]
    """Stores and looks up in lower case, so that unique means unique in whatever case."""

    def to_python(self, value: Any) -> Any:
        """Also what forms show."""
        value = super().to_python(value)
        return value.lower() if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        """Whatever goes to the database, lookups included."""
        return self.to_python(super().get_prep_value(value))


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address and password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may log in. Raises IntegrityError when the address is taken."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in."""

    email = LowerCaseEmailField("e-mail address", unique=True)
    is_active = models.BooleanField(
        "active", default=True, help_text="Clear this rather than delete the user."
    )
    is_staff = models.BooleanField(
        "staff", default=False, help_text="Whether the user may enter the admin."
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return str(self.email)

    def get_full_name(self) -> str:
        """How to address the user: by name, or by e-mail address where there is no profile."""
        profile = Profile.objects.filter(user=self).first()
        return str(profile.full_name if profile else self.email)


def validate_role(role: str) -> None:
    """Raise ValidationError unless the role is one of settings.ACCOUNT_ROLES."""
    if role not in settings.ACCOUNT_ROLES:
        raise ValidationError(f"The roles are {', '.join(settings.ACCOUNT_ROLES)}.")


class Profile(models.Model):
    """What the site knows about a user; one made for the admin alone may have none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    # No choices: the roles are a setting, and a new one is no migration.
    role = models.CharField(max_length=32, validators=[validate_role])
    full_name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.full_name} ({self.role})"
