"""The resume endpoints."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.requests import UserRequest
from apps.resumes import cache, services
from apps.resumes.documents import UnsupportedFileError
from apps.resumes.models import Resume
from apps.resumes.permissions import IsSeeker
from apps.resumes.serializers import (
    ResumeSerializer,
    ResumeSummarySerializer,
    UploadSerializer,
    WishesSerializer,
)


class ResumesView(GenericAPIView[Any]):
    """One's own resumes."""

    queryset = Resume.objects.none()
    serializer_class = ResumeSummarySerializer
    parser_classes = (MultiPartParser,)

    def get_permissions(self) -> list[BasePermission]:
        """Anybody has a list, be it empty; seekers upload."""
        permissions: list[BasePermission] = [IsAuthenticated()]
        return [*permissions, IsSeeker()] if self.request.method == "POST" else permissions

    @extend_schema(responses=ResumeSummarySerializer(many=True))
    def get(self, request: UserRequest) -> Response:
        """List one's own resumes, newest first."""
        resumes = cache.resumes(request.user.pk, lambda: _summaries(request.user.pk))
        return self.get_paginated_response(self.paginate_queryset(resumes))

    @extend_schema(request=UploadSerializer, responses={202: ResumeSerializer})
    def post(self, request: UserRequest) -> Response:
        """Upload a resume; it is scanned, parsed and scored later."""
        upload = UploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        try:
            resume = services.upload(request.user, upload.validated_data["file"])
        except UnsupportedFileError as error:
            raise ValidationError({"file": [str(error)]}) from error
        return Response(ResumeSerializer(resume).data, status=status.HTTP_202_ACCEPTED)


class ResumeView(APIView):
    """One resume."""

    @extend_schema(responses=ResumeSerializer)
    def get(self, request: UserRequest, resume_id: UUID) -> Response:
        """Read one of one's own resumes; poll this until the status is COMPLETE or FAILED."""
        resume = get_object_or_404(Resume, pk=resume_id, owner_id=request.user.pk)
        return Response(ResumeSerializer(resume).data)


class WishesView(APIView):
    """What a seeker wants to be matched with."""

    permission_classes = (IsAuthenticated, IsSeeker)

    @extend_schema(responses=WishesSerializer)
    def get(self, request: UserRequest) -> Response:
        """Read one's own wishes."""
        return Response(WishesSerializer(services.wishes_of(request.user)).data)

    @extend_schema(request=WishesSerializer, responses=WishesSerializer)
    def patch(self, request: UserRequest) -> Response:
        """Change one's own wishes; the scores of one's resumes follow."""
        changes = WishesSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        wishes = services.change_wishes(request.user, **changes.validated_data)
        return Response(WishesSerializer(wishes).data)


def _summaries(seeker_id: int) -> list[Any]:
    resumes = Resume.objects.filter(owner_id=seeker_id).defer("parsed_data")
    return [ResumeSummarySerializer(resume).data for resume in resumes]
