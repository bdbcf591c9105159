"""The webhook endpoints."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.requests import UserRequest
from apps.webhooks import services
from apps.webhooks.models import Delivery, Subscription
from apps.webhooks.serializers import (
    DeliverySerializer,
    NewSubscriptionSerializer,
    SubscriptionChangeSerializer,
    SubscriptionSerializer,
)


class SubscriptionsView(GenericAPIView[Any]):
    """One's own webhooks."""

    queryset = Subscription.objects.none()
    serializer_class = SubscriptionSerializer

    @extend_schema(responses=SubscriptionSerializer(many=True))
    def get(self, request: UserRequest) -> Response:
        """List one's own webhooks, newest first."""
        page = self.paginate_queryset(services.subscriptions_of(request.user))
        return self.get_paginated_response(SubscriptionSerializer(page, many=True).data)

    @extend_schema(request=SubscriptionSerializer, responses={201: NewSubscriptionSerializer})
    def post(self, request: UserRequest) -> Response:
        """Have events of one's own sent to a URL; the secret is shown this once. Ten may be had."""
        wanted = SubscriptionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            subscription = services.subscribe(request.user, **wanted.validated_data)
        except services.TooManySubscriptionsError as error:
            reason = f"You have {services.SUBSCRIPTIONS_PER_USER} webhooks already: delete one."
            raise ValidationError({"non_field_errors": [reason]}) from error
        return Response(
            NewSubscriptionSerializer(subscription).data, status=status.HTTP_201_CREATED
        )


class SubscriptionView(APIView):
    """One webhook."""

    @extend_schema(request=SubscriptionChangeSerializer, responses=SubscriptionSerializer)
    def patch(self, request: UserRequest, subscription_id: int) -> Response:
        """Change one of one's own webhooks, or let it rest."""
        subscription = _own(request, subscription_id)
        changes = SubscriptionChangeSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        services.change(subscription, **changes.validated_data)
        return Response(SubscriptionSerializer(subscription).data)

    @extend_schema(responses={204: None})
    def delete(self, request: UserRequest, subscription_id: int) -> Response:
        """Delete one of one's own webhooks."""
        services.unsubscribe(_own(request, subscription_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeliveriesView(GenericAPIView[Any]):
    """What one webhook was sent."""

    queryset = Delivery.objects.none()
    serializer_class = DeliverySerializer

    @extend_schema(responses=DeliverySerializer(many=True))
    def get(self, request: UserRequest, subscription_id: int) -> Response:
        """List what was sent to one of one's own webhooks, with every attempt; newest first."""
        deliveries = services.deliveries_to(_own(request, subscription_id))
        page = self.paginate_queryset(deliveries) or []
        return self.get_paginated_response([DeliverySerializer(each).data for each in page])


def _own(request: UserRequest, subscription_id: int) -> Subscription:
    return get_object_or_404(services.subscriptions_of(request.user), pk=subscription_id)
