"""The application endpoints."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.accounts.requests import UserRequest
from apps.applications import pages, services
from apps.applications.models import Application
from apps.applications.serializers import (
    ApplicantSerializer,
    ApplicationSerializer,
    ApplySerializer,
    StatusSerializer,
)
from apps.jobs.models import Job
from apps.jobs.permissions import IsEmployer
from apps.paging import Page, PageQuerySerializer, load_page, page_response
from apps.resumes.permissions import IsSeeker


class ApplicationsView(GenericAPIView[Any]):
    """One's own applications."""

    queryset = Application.objects.none()
    serializer_class = ApplicationSerializer

    def get_permissions(self) -> list[BasePermission]:
        """Anybody has a list, be it empty; seekers apply."""
        return [IsSeeker()] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(responses=ApplicationSerializer(many=True))
    def get(self, request: UserRequest) -> Response:
        """List one's own applications, newest first."""
        own = Application.objects.filter(seeker=request.user).select_related("job")
        page = self.paginate_queryset(own) or []
        return self.get_paginated_response([ApplicationSerializer(each).data for each in page])

    @extend_schema(request=ApplySerializer, responses={201: ApplicationSerializer})
    def post(self, request: UserRequest) -> Response:
        """Apply for a job; a confirmation follows by mail. Ten an hour are accepted."""
        answers = ApplySerializer(data=request.data, context={"request": request})
        answers.is_valid(raise_exception=True)
        try:
            application = services.apply(request.user, **answers.validated_data)
        except services.NotAllowedError as error:
            raise ValidationError({error.field: [str(error)]}) from error
        except services.TooManyApplicationsError as error:
            raise Throttled(wait=error.wait) from error
        return Response(ApplicationSerializer(application).data, status=status.HTTP_201_CREATED)


class ApplicationView(APIView):
    """One application."""

    def get_permissions(self) -> list[BasePermission]:
        """Both sides read; the employer answers."""
        return [IsEmployer()] if self.request.method == "PATCH" else [IsAuthenticated()]

    @extend_schema(responses=ApplicationSerializer)
    def get(self, request: UserRequest, application_id: int) -> Response:
        """Read an application that one made, or that was made to one's job."""
        application = _application_of(request.user, application_id)
        return Response(ApplicationSerializer(application).data)

    @extend_schema(request=StatusSerializer, responses=ApplicationSerializer)
    def patch(self, request: UserRequest, application_id: int) -> Response:
        """Answer an application to one's own job; the seeker hears of it."""
        application = _application_of(request.user, application_id)
        if application.job.employer_id != request.user.pk:
            raise PermissionDenied("This application was made to somebody else's job.")
        answer = StatusSerializer(data=request.data)
        answer.is_valid(raise_exception=True)
        try:
            services.change_status(application, answer.validated_data["status"], request.user)
        except services.IllegalStatusChangeError as error:
            raise ValidationError({"status": [str(error)]}) from error
        return Response(ApplicationSerializer(application).data)


class WithdrawView(APIView):
    """The end of an application by the one who made it."""

    permission_classes = (IsSeeker,)

    @extend_schema(request=None, responses=ApplicationSerializer)
    def post(self, request: UserRequest, application_id: int) -> Response:
        """Take back one of one's own applications."""
        own = Application.objects.filter(seeker=request.user)
        application = get_object_or_404(own, pk=application_id)
        try:
            services.withdraw(application)
        except services.IllegalStatusChangeError as error:
            raise ValidationError({"non_field_errors": [str(error)]}) from error
        return Response(ApplicationSerializer(application).data)


class ApplicantsView(GenericAPIView[Any]):
    """Who applied for a job."""

    queryset = Application.objects.none()
    serializer_class = ApplicantSerializer

    @extend_schema(parameters=[PageQuerySerializer], responses=ApplicantSerializer(many=True))
    def get(self, request: UserRequest, job_id: int) -> Response:
        """List the applications to one's own job, newest first."""
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        number = query.validated_data["page"]
        employer_id = request.user.pk
        page = pages.applicants(
            job_id, number, employer_id, lambda: _load(job_id, employer_id, number)
        )
        return page_response(request, number, page)


def _application_of(user: User, application_id: int) -> Application:
    mine = Q(seeker=user) | Q(job__employer=user)
    return get_object_or_404(Application.objects.select_related("job"), mine, pk=application_id)


def _load(job_id: int, employer_id: int, number: int) -> Page:
    """Read a page; only the owner of the job gets here with a key that is kept."""
    if get_object_or_404(Job, pk=job_id).employer_id != employer_id:
        raise PermissionDenied("This job is somebody else's.")
    rows = Application.objects.filter(job_id=job_id).select_related("seeker__profile", "resume")
    return load_page(rows.order_by("-created_at", "-pk"), number, ApplicantSerializer)
