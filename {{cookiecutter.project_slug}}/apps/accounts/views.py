"""The account endpoints."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from apps.accounts import services
from apps.accounts.requests import UserRequest
from apps.accounts.serializers import (
    LoginSerializer,
    PasswordResetConfirmSerializer,
    PasswordResetSerializer,
    ProfileSerializer,
    RegisterSerializer,
    TokenSerializer,
)


class PublicView(APIView):
    """For people who are not logged in; a session cookie left over does not matter."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class RegisterView(PublicView):
    """Registration."""

    @extend_schema(request=RegisterSerializer, responses={201: ProfileSerializer})
    def post(self, request: Request) -> Response:
        """Register; the welcome mail follows."""
        answers = _checked(RegisterSerializer(data=request.data))
        try:
            user = services.register(**answers)
        except services.EmailTakenError as error:
            raise ValidationError({"email": ["This address is registered already."]}) from error
        profile = ProfileSerializer(services.profile_of(user))
        return Response(profile.data, status=status.HTTP_201_CREATED)


class LoginView(PublicView):
    """Login."""

    @extend_schema(request=LoginSerializer, responses=TokenSerializer)
    def post(self, request: Request) -> Response:
        """Get the token for the header `Authorization: Token …`."""
        answers = _checked(LoginSerializer(data=request.data))
        token = services.log_in(**answers)
        if token is None:
            raise ValidationError({"non_field_errors": ["E-mail address or password is wrong."]})
        return Response({"token": token})


class MeView(APIView):
    """One's own profile."""

    @extend_schema(responses=ProfileSerializer)
    def get(self, request: UserRequest) -> Response:
        """Read one's own profile."""
        return Response(ProfileSerializer(services.profile_of(request.user)).data)

    @extend_schema(request=ProfileSerializer, responses=ProfileSerializer)
    def patch(self, request: UserRequest) -> Response:
        """Change one's own profile."""
        changes = _checked(ProfileSerializer(data=request.data, partial=True))
        profile = services.change_profile(request.user, **changes)
        return Response(ProfileSerializer(profile).data)


class WelcomeMailView(APIView):
    """The welcome mail."""

    @extend_schema(request=None, responses={202: None})
    def post(self, request: UserRequest) -> Response:
        """Ask for the welcome mail once more."""
        services.ask_for_welcome_mail(request.user)
        return Response(status=status.HTTP_202_ACCEPTED)


class PasswordResetView(PublicView):
    """A forgotten password."""

    @extend_schema(request=PasswordResetSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        """Ask for a link; the answer does not tell whether the address is known."""
        services.ask_for_password_reset(**_checked(PasswordResetSerializer(data=request.data)))
        return Response(status=status.HTTP_202_ACCEPTED)


class PasswordResetConfirmView(PublicView):
    """A new password."""

    @extend_schema(request=PasswordResetConfirmSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Set a new password with the two values from the link."""
        answers = _checked(PasswordResetConfirmSerializer(data=request.data))
        services.set_password(answers["user"], answers["password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


def _checked(serializer: Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
