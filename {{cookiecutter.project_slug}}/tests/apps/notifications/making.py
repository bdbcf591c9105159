"""Things to tell, and tellings on their way."""

from typing import Any

from apps.accounts.models import User
from apps.notifications.models import Delivery, Notification
from apps.notifications.notices import Notice
from background import lifecycle


def make_notice(user: User, **changes: Any) -> Notice:
    """News for a user."""
    values: dict[str, Any] = {
        "user_id": user.pk,
        "kind": "tea.ready",
        "about": "tea:1",
        "title": "Tea is ready",
        "body": "Green, and hot.",
        "data": {"tea": 1, "kind_of": "green"},
    }
    return Notice(**values | changes)


def make_delivery[D: Delivery](model: type[D], user: User, **columns: Any) -> D:
    """A delivery for a user, in our hands."""
    notification = Notification.objects.create(
        user=user, kind="tea.ready", title="Tea is ready", body="Green, and hot.", data={"tea": 1}
    )
    delivery = model._default_manager.create(notification=notification, owner=user, **columns)
    held = lifecycle.claim(model, delivery.pk, 1)
    assert held
    return held
