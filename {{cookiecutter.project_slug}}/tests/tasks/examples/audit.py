"""The audit log."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.tasks import write_audit_log
from tests.apps.people import make_user
from tests.tasks.example import LightExample


def log() -> list[Any]:
    """Something that a user did."""
    actor = make_user("ann@example.org")
    return [str(uuid4()), actor.pk, "job.closed", "job:1", {}, timezone.now().isoformat()]


LIGHT_EXAMPLES = [
    LightExample(task=write_audit_log, make=log, effects=lambda _: AuditEntry.objects.count()),
]
