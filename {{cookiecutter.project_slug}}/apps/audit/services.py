"""What other apps may ask for."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.accounts.models import User
from apps.audit.tasks import write_audit_log


def record(actor: User, action: str, about: str, **details: Any) -> None:
    """Log what `actor` does, with the transaction that does it.

    `about` names a thing by kind and id, such as "job:12"; details are JSON types.
    """
    write_audit_log.enqueue(
        str(uuid4()), actor.pk, action, about, details, timezone.now().isoformat()
    )
