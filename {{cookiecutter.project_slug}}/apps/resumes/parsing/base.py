"""What a resume parser is, and what it finds."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from apps.resumes.models import Resume


@dataclass(frozen=True, kw_only=True)
class ParsedResume:
    """What a resume says; empty where it says nothing."""

    name: str
    email: str
    phone: str
    skills: list[str]
    years: float  # of experience


class ParsedResumeSerializer(serializers.Serializer[Any]):
    """The same as JSON: what a service may answer, and what we answer."""

    name = serializers.CharField(allow_blank=True, max_length=200)
    email = serializers.EmailField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True, max_length=50)
    skills = serializers.ListField(child=serializers.CharField(max_length=100), max_length=200)
    years = serializers.FloatField(min_value=0, max_value=80)


class ResumeParser(ABC):
    """Reads resumes."""

    @abstractmethod
    def parse(self, resume: Resume) -> ParsedResume:
        """What a resume says.

        Raises TransientError when the parser may answer later, and PermanentError with the reason
        when the file can't be read.
        """
