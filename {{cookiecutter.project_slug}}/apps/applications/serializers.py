"""What the application endpoints take and answer."""

from typing import Any

from rest_framework import serializers

from apps.applications.models import Application
from apps.jobs.models import Job
from apps.resumes.models import Resume

EMPLOYERS_ANSWERS = [
    choice for choice in Application.Status.choices if choice[0] not in {"PENDING", "WITHDRAWN"}
]


class ApplySerializer(serializers.Serializer[Any]):
    """A job, and the resume to apply with, which must be one's own."""

    job = serializers.PrimaryKeyRelatedField(
        queryset=Job.objects.all(), pk_field=serializers.IntegerField()
    )
    resume = serializers.PrimaryKeyRelatedField(
        queryset=Resume.objects.all(), pk_field=serializers.UUIDField()
    )

    def validate_resume(self, resume: Resume) -> Resume:
        """Somebody else's resume is answered as one that does not exist."""
        if resume.owner_id != self.context["request"].user.pk:
            self.fields["resume"].fail("does_not_exist", pk_value=resume.pk)
        return resume


class ApplicationSerializer(serializers.Serializer[Application]):
    """An application as its seeker sees it."""

    id = serializers.IntegerField(read_only=True)
    job = serializers.IntegerField(source="job_id", read_only=True)
    job_title = serializers.CharField(source="job.title", read_only=True)
    resume = serializers.UUIDField(source="resume_id", read_only=True, allow_null=True)
    status = serializers.ChoiceField(choices=Application.Status.choices, read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class ApplicantSerializer(serializers.Serializer[Application]):
    """An application as the employer sees it."""

    id = serializers.IntegerField(read_only=True)
    seeker = serializers.IntegerField(source="seeker_id", read_only=True)
    name = serializers.CharField(source="seeker.profile.full_name", default="", read_only=True)
    email = serializers.EmailField(source="seeker.email", read_only=True)
    skills = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=Application.Status.choices, read_only=True)
    created_at = serializers.DateTimeField(read_only=True)

    def get_skills(self, application: Application) -> list[str]:
        """What the resume names, once it has been read."""
        parsed = application.resume.parsed_data if application.resume else None
        return list(parsed["skills"]) if parsed else []


class StatusSerializer(serializers.Serializer[Any]):
    """The employer's answer to an application."""

    status = serializers.ChoiceField(choices=EMPLOYERS_ANSWERS)
