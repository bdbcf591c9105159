"""The job endpoints."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.accounts.requests import UserRequest
from apps.jobs import cache, searches, services, statistics
from apps.jobs.models import Job
from apps.jobs.permissions import IsEmployer
from apps.jobs.serializers import (
    EmployerPageSerializer,
    JobQuerySerializer,
    JobSerializer,
    JobStatisticsSerializer,
    JobSummarySerializer,
    LeaderSerializer,
    SearchesSerializer,
    Sort,
)
from apps.paging import Page, load_page, page_response

FEATURED_LENGTH = 10


class JobsView(GenericAPIView[Any]):
    """The postings."""

    queryset = Job.objects.none()
    serializer_class = JobSummarySerializer

    def get_permissions(self) -> list[BasePermission]:
        """Everybody reads; employers write."""
        return [IsEmployer()] if self.request.method == "POST" else [AllowAny()]

    @extend_schema(parameters=[JobQuerySerializer], responses=JobSummarySerializer(many=True))
    def get(self, request: Request) -> Response:
        """List or search the active postings."""
        query = JobQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        number, sort, text = (query.validated_data[name] for name in ("page", "sort", "q"))
        if not text:
            active = Job.objects.active()
            page = cache.list_page(number, sort, lambda: _load(active, number, sort))
            return page_response(request, number, page)
        page = _load(searches.find(text), number, sort)
        services.note_search(_user_of(request), text, page["count"])
        return page_response(request, number, page)

    @extend_schema(request=JobSerializer, responses={201: JobSerializer})
    def post(self, request: UserRequest) -> Response:
        """Publish a posting."""
        fields = JobSerializer(data=request.data)
        fields.is_valid(raise_exception=True)
        job = services.post(request.user, **fields.validated_data)
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)


class FeaturedJobsView(APIView):
    """The postings on the front page."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=JobSummarySerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the featured postings."""
        return Response(cache.featured(_load_featured))


class JobView(APIView):
    """One posting."""

    def get_permissions(self) -> list[BasePermission]:
        """Everybody reads; employers change what is theirs."""
        return [AllowAny()] if self.request.method in SAFE_METHODS else [IsEmployer()]

    @extend_schema(responses=JobSerializer)
    def get(self, request: Request, job_id: int) -> Response:
        """Read a posting; the look is counted."""
        job = cache.detail(job_id, lambda: _load_job(job_id))
        statistics.count_view(job_id, _visitor(request))
        return Response(job | {"application_count": statistics.applications(job_id)})

    @extend_schema(request=JobSerializer, responses=JobSerializer)
    def patch(self, request: UserRequest, job_id: int) -> Response:
        """Change one of one's own postings."""
        job = _own_job(request.user, job_id)
        changes = JobSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        try:
            job = services.edit(job.pk, request.user, **changes.validated_data)
        except services.JobClosedError as error:
            raise ValidationError({"non_field_errors": ["This posting was closed."]}) from error
        return Response(JobSerializer(job).data)


class CloseJobView(APIView):
    """The end of a posting."""

    permission_classes = (IsEmployer,)

    @extend_schema(request=None, responses=JobSerializer)
    def post(self, request: UserRequest, job_id: int) -> Response:
        """Take back one of one's own postings, for good."""
        job = services.close(_own_job(request.user, job_id).pk, request.user)
        return Response(JobSerializer(job).data)


class JobStatisticsView(APIView):
    """How a posting is doing."""

    permission_classes = (IsEmployer,)

    @extend_schema(responses=JobStatisticsSerializer)
    def get(self, request: UserRequest, job_id: int) -> Response:
        """Numbers about one of one's own postings."""
        job = _own_job(request.user, job_id)
        return Response(
            {
                "applications": statistics.applications(job.pk),
                "unique_viewers": statistics.unique_viewers(job.pk),
                "views": statistics.views_by_day(job.pk),
            }
        )


class SearchesView(APIView):
    """What one searched for."""

    @extend_schema(responses=SearchesSerializer)
    def get(self, request: UserRequest) -> Response:
        """Read one's own last searches."""
        return Response({"searches": searches.recent(request.user.pk)})


class EmployerView(APIView):
    """An employer."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=EmployerPageSerializer)
    def get(self, request: Request, employer_id: int) -> Response:
        """Read what everybody may know of an employer."""
        employers = User.objects.select_related("profile").filter(profile__role=IsEmployer.role)
        employer = get_object_or_404(employers, pk=employer_id)
        active = services.active_jobs_of(employer_id)
        name = employer.profile.full_name
        return Response({"id": employer_id, "name": name, "active_jobs": active})


class LeaderboardView(APIView):
    """The employers whom most people want to work for."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=LeaderSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the employers with most applications."""
        return Response(services.leaderboard())


def _load(jobs: "QuerySet[Job]", number: int, sort: str) -> Page:
    rows = jobs.select_related("employer__profile").defer("description")
    return load_page(rows.order_by(*Sort(sort).columns), number, JobSummarySerializer)


def _load_featured() -> list[Any]:
    jobs = Job.objects.active().filter(is_featured=True).select_related("employer__profile")
    return [JobSummarySerializer(job).data for job in jobs[:FEATURED_LENGTH]]


def _load_job(job_id: int) -> dict[str, Any]:
    job = get_object_or_404(Job.objects.select_related("employer__profile"), pk=job_id)
    return dict(JobSerializer(job).data)


def _own_job(user: User, job_id: int) -> Job:
    job = get_object_or_404(Job, pk=job_id)
    if job.employer_id != user.pk:
        raise PermissionDenied("This posting is somebody else's.")
    return job


def _user_of(request: Request) -> User | None:
    return request.user if request.user.is_authenticated else None


def _visitor(request: Request) -> str:
    user = _user_of(request)
    return f"user:{user.pk}" if user else f"address:{BaseThrottle().get_ident(request)}"
