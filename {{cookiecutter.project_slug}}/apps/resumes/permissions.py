"""Who may do what with resumes."""

from apps.accounts.permissions import HasRole


class IsSeeker(HasRole):
    """Whether the user's role is that of a seeker."""

    role = "seeker"
