"""Requests whose user is known."""

from rest_framework.request import Request

from apps.accounts.models import User


class UserRequest(Request):
    """A request that passed IsAuthenticated, for type hints."""

    user: User
