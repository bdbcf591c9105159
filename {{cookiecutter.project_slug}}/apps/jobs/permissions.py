"""Who may do what with postings."""

from apps.accounts.permissions import HasRole


class IsEmployer(HasRole):
    """Whether the user's role is that of an employer."""

    role = "employer"
