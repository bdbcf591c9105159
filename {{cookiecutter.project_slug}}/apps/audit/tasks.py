"""Writing the log, after the action it tells of."""

from collections.abc import Mapping
from typing import Any

from django.tasks import task


@task()
def write_audit_log(
    entry_id: str, actor_id: int, action: str, about: str, details: Mapping[str, Any], at: str
) -> None:
    """Write one entry; `at` is when it happened, as ISO 8601."""
    from apps.audit.models import AuditEntry

    values = {
        "actor_id": actor_id,
        "action": action,
        "about": about,
        "details": details,
        "at": at,
    }
    AuditEntry.objects.get_or_create(pk=entry_id, defaults=values)
