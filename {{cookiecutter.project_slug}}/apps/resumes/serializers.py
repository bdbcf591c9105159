"""What the resume endpoints take and answer."""

from typing import Any

from rest_framework import serializers

from apps.resumes.models import Resume
from apps.resumes.parsing.base import ParsedResumeSerializer
from background.serializers import WorkSerializer


class UploadSerializer(serializers.Serializer[Any]):
    """A file to be read: PDF, DOCX or text."""

    file = serializers.FileField(max_length=255)


class ResumeSummarySerializer(WorkSerializer):
    """A resume in a list."""

    filename = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(choices=Resume.Kind.choices, read_only=True)
    size = serializers.IntegerField(read_only=True, help_text="In bytes.")
    match_score = serializers.IntegerField(
        read_only=True, allow_null=True, min_value=0, max_value=100
    )


class ResumeSerializer(ResumeSummarySerializer):
    """A resume with all that was found in it."""

    parsed_data = ParsedResumeSerializer(read_only=True, allow_null=True)


class WishesSerializer(serializers.Serializer[Any]):
    """What a seeker wants to be matched with."""

    skills = serializers.ListField(child=serializers.CharField(max_length=100), max_length=100)
    years = serializers.IntegerField(min_value=0, max_value=80)
