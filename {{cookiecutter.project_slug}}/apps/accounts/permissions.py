"""Who may do what, by the role in the profile."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.models import Profile


class HasRole(BasePermission):
    """The base of a permission that goes by role; a subclass names the role."""

    role = ""

    @property
    def message(self) -> str:
        """What somebody of another role reads."""
        return f"Only a user with the role {self.role} may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask the database: a role taken away is gone at once."""
        user = request.user
        return user.is_authenticated and Profile.objects.filter(user=user, role=self.role).exists()
