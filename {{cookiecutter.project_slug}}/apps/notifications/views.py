"""The notification endpoints."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.requests import UserRequest
from apps.notifications import services
from apps.notifications.models import Device, Notification
from apps.notifications.serializers import (
    DeviceSerializer,
    NotificationSerializer,
    PreferencesSerializer,
)


class NotificationsView(GenericAPIView[Any]):
    """What one was told."""

    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer

    @extend_schema(responses=NotificationSerializer(many=True))
    def get(self, request: UserRequest) -> Response:
        """List one's own notifications, newest first."""
        page = self.paginate_queryset(services.notifications_of(request.user))
        return self.get_paginated_response(NotificationSerializer(page, many=True).data)


class ReadView(APIView):
    """Reading a notification."""

    @extend_schema(request=None, responses=NotificationSerializer)
    def post(self, request: UserRequest, notification_id: UUID) -> Response:
        """Mark one of one's own notifications as read; doing it again changes nothing."""
        notification = services.mark_read(request.user, notification_id)
        if notification is None:
            raise Http404
        return Response(NotificationSerializer(notification).data)


class PreferencesView(APIView):
    """How one wants to be told."""

    @extend_schema(responses=PreferencesSerializer)
    def get(self, request: UserRequest) -> Response:
        """Read one's own preferences."""
        return Response(PreferencesSerializer(services.preferences_of(request.user)).data)

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer)
    def patch(self, request: UserRequest) -> Response:
        """Change one's own preferences."""
        changes = PreferencesSerializer(
            services.preferences_of(request.user), data=request.data, partial=True
        )
        changes.is_valid(raise_exception=True)
        preferences = services.change_preferences(request.user, **changes.validated_data)
        return Response(PreferencesSerializer(preferences).data)


class DevicesView(GenericAPIView[Any]):
    """One's own devices."""

    queryset = Device.objects.none()
    serializer_class = DeviceSerializer

    @extend_schema(responses=DeviceSerializer(many=True))
    def get(self, request: UserRequest) -> Response:
        """List one's own devices, newest first."""
        page = self.paginate_queryset(services.devices_of(request.user))
        return self.get_paginated_response(DeviceSerializer(page, many=True).data)

    @extend_schema(request=DeviceSerializer, responses={201: DeviceSerializer})
    def post(self, request: UserRequest) -> Response:
        """Register a device by its token, which somebody else has no more by it."""
        registration = DeviceSerializer(data=request.data)
        registration.is_valid(raise_exception=True)
        device = services.register_device(request.user, registration.validated_data["token"])
        return Response(DeviceSerializer(device).data, status=status.HTTP_201_CREATED)


class DeviceView(APIView):
    """One device."""

    @extend_schema(responses={204: None})
    def delete(self, request: UserRequest, device_id: int) -> Response:
        """Drop one of one's own devices."""
        if not services.drop_device(request.user, device_id):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)
