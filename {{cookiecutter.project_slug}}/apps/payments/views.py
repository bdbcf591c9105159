"""The payment endpoints."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission, IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.requests import UserRequest
from apps.jobs.permissions import IsEmployer
from apps.payments import keys, services
from apps.payments.charging import NotOwnPostingError, NotPayableError
from apps.payments.models import Payment
from apps.payments.serializers import (
    KeyReusedSerializer,
    OrderPayoutSerializer,
    PaymentSerializer,
    PayoutSerializer,
    PaySerializer,
)


class PaymentsView(GenericAPIView[Any]):
    """One's own payments."""

    queryset = Payment.objects.none()
    serializer_class = PaymentSerializer

    def get_permissions(self) -> list[BasePermission]:
        """Anybody has a list, be it empty; employers pay."""
        return [IsEmployer()] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(responses=PaymentSerializer(many=True))
    def get(self, request: UserRequest) -> Response:
        """List one's own payments, newest first."""
        page = self.paginate_queryset(services.payments_of(request.user)) or []
        return self.get_paginated_response([PaymentSerializer(each).data for each in page])

    @extend_schema(
        parameters=[keys.PARAMETER],
        request=PaySerializer,
        responses={202: PaymentSerializer, 422: KeyReusedSerializer},
    )
    def post(self, request: UserRequest) -> Response:
        """Pay for having one's own posting featured; the card is charged later.

        A repeated request pays nothing more.
        """
        key = keys.key_of(request)
        order = PaySerializer(data=request.data)
        order.is_valid(raise_exception=True)
        try:
            payment = services.pay(request.user, key, **order.validated_data)
        except services.KeyReusedError as error:
            raise keys.KeyReused from error
        except NotOwnPostingError as error:
            raise PermissionDenied(str(error)) from error
        except NotPayableError as error:
            raise ValidationError({"job": [str(error)]}) from error
        return Response(PaymentSerializer(payment).data, status=status.HTTP_202_ACCEPTED)


class PaymentView(APIView):
    """One payment."""

    @extend_schema(responses=PaymentSerializer)
    def get(self, request: UserRequest, payment_id: UUID) -> Response:
        """Read one of one's own payments; poll this until the status is COMPLETE or FAILED."""
        payment = get_object_or_404(services.payments_of(request.user), pk=payment_id)
        return Response(PaymentSerializer(payment).data)


class PayoutsView(APIView):
    """Money that the site owes."""

    permission_classes = (IsAdminUser,)

    @extend_schema(
        parameters=[keys.PARAMETER],
        request=OrderPayoutSerializer,
        responses={202: PayoutSerializer, 422: KeyReusedSerializer},
    )
    def post(self, request: UserRequest) -> Response:
        """Pay a user, as one of the staff; the money moves later.

        A repeated request moves nothing more.
        """
        key = keys.key_of(request)
        order = OrderPayoutSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        try:
            payout = services.order_payout(request.user, key, **order.validated_data)
        except services.KeyReusedError as error:
            raise keys.KeyReused from error
        except services.NoAccountError as error:
            raise ValidationError({"user": ["This user has no account to be paid to."]}) from error
        return Response(PayoutSerializer(payout).data, status=status.HTTP_202_ACCEPTED)
