"""Telling: once each, over the channels that are wanted, and never before the commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.notifications.models import (
    Device,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)
from apps.notifications.notices import Channel, Notice, tell
from apps.notifications.tasks import notify_in_app
from tests.apps.conftest import MakeUser
from tests.apps.notifications.browser import hear, open_page
from tests.apps.notifications.making import make_notice

PHONE = "+4930123456"


@pytest.fixture
def reachable(user: User, settings: Any) -> User:
    """A user who can be reached, and wants to be, over every channel."""
    settings.SMS_BACKEND = "apps.notifications.sms.console.ConsoleSms"
    Preferences.objects.create(user=user, sms=True, phone=PHONE)
    Device.objects.create(user=user, token="phone")
    return user


def channels_of(user: User) -> set[str]:
    """Over which channels something is, or was, on its way to a user."""
    rows = {
        "in_app": Notification.objects.filter(user=user, in_app=True),
        "push": PushDelivery.objects.filter(owner=user),
        "mail": MailDelivery.objects.filter(owner=user),
        "sms": SmsDelivery.objects.filter(owner=user),
    }
    return {name for name, found in rows.items() if found.exists()}


def test_a_user_is_told_over_every_channel(reachable: User) -> None:
    assert tell([make_notice(reachable)]) == 1

    notification = Notification.objects.get()
    assert (notification.title, notification.data["tea"]) == ("Tea is ready", 1)
    assert channels_of(reachable) == set(Channel)


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_that_is_not_wanted_is_left_out(reachable: User, channel: Channel) -> None:
    Preferences.objects.update(**{channel: False})

    assert tell([make_notice(reachable)]) == 1

    assert channels_of(reachable) == set(Channel) - {channel}


@pytest.mark.parametrize("channel", Channel)
def test_a_notice_goes_over_its_own_channels(reachable: User, channel: Channel) -> None:
    tell([make_notice(reachable, channels=frozenset({channel}))])

    assert channels_of(reachable) == {channel}


def test_who_said_nothing_is_told_but_not_texted(user: User, settings: Any) -> None:
    settings.SMS_BACKEND = "apps.notifications.sms.console.ConsoleSms"
    Device.objects.create(user=user, token="phone")

    tell([make_notice(user)])

    assert channels_of(user) == {"in_app", "push", "mail"}


@pytest.mark.parametrize(("backend", "phone"), [("", PHONE), ("some.Backend", "")])
def test_text_messages_need_a_backend_and_a_number(
    reachable: User, settings: Any, backend: str, phone: str
) -> None:
    settings.SMS_BACKEND = backend
    Preferences.objects.update(phone=phone)

    tell([make_notice(reachable)])

    assert channels_of(reachable) == {"in_app", "push", "mail"}


def test_each_device_has_a_delivery_of_its_own(reachable: User, make_user: MakeUser) -> None:
    Device.objects.create(user=reachable, token="tablet")
    Device.objects.create(user=make_user(), token="somebody else's")

    tell([make_notice(reachable)])

    pushed = PushDelivery.objects.values_list("device__token", flat=True)
    assert sorted(pushed) == ["phone", "tablet"]


def test_the_same_thing_is_told_once(reachable: User, make_user: MakeUser) -> None:
    notice = make_notice(reachable)

    assert [tell([notice, notice]), tell([notice])] == [1, 0]
    assert tell([make_notice(reachable, about="tea:2")]) == 1
    assert tell([make_notice(reachable, kind="tea.cold")]) == 1
    assert tell([make_notice(make_user())]) == 1

    assert Notification.objects.count() == MailDelivery.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_several_who_tell_at_once_one_does(make_user: MakeUser) -> None:
    users = [make_user() for _ in range(10)]
    notices = [make_notice(user) for user in users]

    def tell_all(turned: bool) -> int:
        try:
            return tell(notices[::-1] if turned else notices)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        told = sum(threads.map(tell_all, [False, True] * 4))

    assert told == Notification.objects.count() == MailDelivery.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_a_rollback_tells_nobody_and_the_next_try_does(user: User) -> None:
    with transaction.atomic():
        tell([make_notice(user)])
        transaction.set_rollback(True)
    assert not Notification.objects.exists()

    assert tell([make_notice(user)]) == 1


def test_nobody_is_told_who_is_not_active_or_not_there(user: User, make_user: MakeUser) -> None:
    gone = make_notice(user, user_id=10**9)
    locked = make_user()
    User.objects.filter(pk=locked.pk).update(is_active=False)

    assert tell([gone, make_notice(locked), make_notice(user)]) == 1
    assert tell([]) == 0
    assert Notification.objects.get().user == user


def test_five_hundred_notices_cost_as_many_queries_as_five(db: None) -> None:
    numbers = count()

    def notices(amount: int) -> list[Notice]:
        users = User.objects.bulk_create(
            User(email=f"{next(numbers)}@example.org") for _ in range(amount)
        )
        Device.objects.bulk_create(Device(user=user, token=user.email) for user in users)
        return [make_notice(user) for user in users]

    def queries(notices: list[Notice]) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert tell(notices) == len(notices)
        return len(captured)

    assert queries(notices(5)) == queries(notices(500))


@pytest.mark.usefixtures("worker")
def test_an_open_page_hears_within_a_second_and_a_strangers_nothing(
    web: str, user: User, make_user: MakeUser
) -> None:
    with open_page(web, user) as mine, open_page(web, make_user()) as other:
        notify_in_app.enqueue(
            user_id=user.pk,
            kind="tea.ready",
            about="tea:1",
            title="Tea is ready",
            body="Hot",
            data={"tea": 1},
        )
        event = hear(mine)
        heard = timezone.now()
        with pytest.raises(TimeoutError):
            other.recv(timeout=0.2)

    notification = Notification.objects.get()
    assert event == {
        "type": "tea.ready",
        "notification": str(notification.pk),
        "title": "Tea is ready",
        "body": "Hot",
        "tea": 1,
    }
    assert seconds(notification.created_at, heard) < 1
    assert channels_of(user) == {"in_app"}


def test_an_open_page_hears_nothing_of_what_was_rolled_back(web: str, user: User) -> None:
    with open_page(web, user) as page:
        with transaction.atomic():
            tell([make_notice(user, title="Never")])
            transaction.set_rollback(True)
        tell([make_notice(user)])

        assert hear(page)["title"] == "Tea is ready"


def seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
