"""What the job endpoints take and answer."""

from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from rest_framework import serializers

from apps.jobs.models import Job
from apps.paging import PageQuerySerializer


class Sort(TextChoices):
    """In which order postings are listed."""

    NEWEST = "newest"
    DEADLINE = "deadline"
    POPULAR = "popular"

    @property
    def columns(self) -> tuple[str, ...]:
        """The same for the database."""
        return {
            Sort.NEWEST: ("-created_at", "-pk"),
            Sort.DEADLINE: ("deadline", "pk"),
            Sort.POPULAR: ("-application_count", "-pk"),
        }[self]


class JobQuerySerializer(PageQuerySerializer):
    """Which postings are asked for."""

    sort = serializers.ChoiceField(choices=Sort.choices, default=Sort.NEWEST.value)
    q = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="Words that must all be found."
    )


class MomentField(serializers.DateTimeField):
    """A time, out of range where the calendar ends within its zone's distance from UTC."""

    def enforce_timezone(self, value: datetime) -> datetime:
        """The time with its zone."""
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class EmployerSerializer(serializers.Serializer[Any]):
    """Whose posting it is."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = serializers.CharField(source="profile.full_name", default="", read_only=True)


class JobSummarySerializer(serializers.Serializer[Job]):
    """A posting in a list."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(max_length=200)
    location = serializers.CharField(max_length=100)
    skills = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=50, default=list
    )
    deadline = MomentField()
    employer = EmployerSerializer(read_only=True)
    status = serializers.ChoiceField(choices=Job.Status.choices, read_only=True)
    is_featured = serializers.BooleanField(read_only=True)
    application_count = serializers.IntegerField(read_only=True, min_value=0)
    created_at = serializers.DateTimeField(read_only=True)


class JobSerializer(JobSummarySerializer):
    """A posting as its page shows it, and as an employer writes it."""

    description = serializers.CharField(max_length=10_000)

    def validate_deadline(self, deadline: Any) -> Any:
        """A posting that nobody can apply to is a mistake."""
        if deadline <= timezone.now():
            raise serializers.ValidationError("The deadline must be in the future.")
        return deadline


class JobStatisticsSerializer(serializers.Serializer[Any]):
    """How a posting is doing."""

    applications = serializers.IntegerField(min_value=0)
    unique_viewers = serializers.IntegerField(
        min_value=0, help_text="Different people, within one percent."
    )
    views = serializers.DictField(
        child=serializers.IntegerField(min_value=0), help_text="Looks by day, the last week."
    )


class EmployerPageSerializer(serializers.Serializer[Any]):
    """An employer as everybody sees one."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    active_jobs = serializers.IntegerField(min_value=0)


class LeaderSerializer(serializers.Serializer[Any]):
    """A place on the leaderboard."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    applications = serializers.IntegerField(min_value=0)


class SearchesSerializer(serializers.Serializer[Any]):
    """A user's last searches, newest first."""

    searches = serializers.ListField(child=serializers.CharField())
