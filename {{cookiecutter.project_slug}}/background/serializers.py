"""How a row of work looks to the one who waits for it."""

from typing import Any

from rest_framework import serializers

from background.models import Work


class ProgressSerializer(serializers.Serializer[Any]):
    """How far the work is, in units of its own; a total of 0 means nobody can tell yet."""

    current = serializers.IntegerField(source="progress_current", min_value=0)
    total = serializers.IntegerField(source="progress_total", min_value=0)


class WorkSerializer(serializers.Serializer[Work]):
    """State and progress of a row; serializers of a kind of work add what is its own."""

    id = serializers.UUIDField(read_only=True)
    status = serializers.ChoiceField(choices=Work.Status.choices, read_only=True)
    progress = ProgressSerializer(source="*", read_only=True)
    error = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    started_at = serializers.DateTimeField(read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(read_only=True, allow_null=True)
