"""Who may do what with resumes."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.models import Profile


class IsSeeker(BasePermission):
    """Whether the user's role is that of a seeker."""

    message = "Only seekers may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask the database: a role taken away is gone at once."""
        user = request.user
        return user.is_authenticated and Profile.objects.filter(user=user, role="seeker").exists()
