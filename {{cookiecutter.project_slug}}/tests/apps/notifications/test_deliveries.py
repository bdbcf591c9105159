"""Each channel by itself: none stops, delays or repeats another."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.notifications import deliveries
from apps.notifications.models import (
    Delivery,
    Device,
    MailDelivery,
    Notification,
    Preferences,
    PushDelivery,
    SmsDelivery,
)
from apps.notifications.notices import tell
from background import dead_letters
from background.errors import LeaseLostError, PermanentError
from background.models import DeadLetter, Work
from background.recovery import recover
from tests.apps.conftest import MakeUser
from tests.apps.notifications.browser import hear, open_page
from tests.apps.notifications.making import make_delivery, make_notice
from tests.apps.notifications.servers import FORBIDDEN, GONE, QUOTA, SENT, Fcm, Twilio
from tests.support.leases import taken_away
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.serving import serving
from tests.support.waiting import wait_until

type StartWorker = Callable[..., Process]

PHONE = "+4930123456"


@pytest.fixture
def reader(user: User) -> User:
    """Somebody with a phone for pushes."""
    Device.objects.create(user=user, token="phone")
    return user


@pytest.fixture
def fcm(tmp_path: Path) -> Iterator[Fcm]:
    """A push service that takes everything."""
    with serving(Fcm()) as service:
        yield service
        service.awake.set()


def sole[D: Delivery](model: type[D]) -> D:
    return model._default_manager.get()


def end_of[D: Delivery](model: type[D]) -> D:
    """The only delivery of a kind once it is final; its retries need not wait."""

    def look() -> D | None:
        retries = model._default_manager.filter(status=Work.Status.PENDING, failures__gt=0)
        retries.update(due_at=timezone.now())
        recover()
        delivery = sole(model)
        return delivery if delivery.is_final else None

    return wait_until(look)


def test_a_push_that_stumbles_is_late_alone(
    start_own_worker: StartWorker,
    web: str,
    fcm: Fcm,
    reader: User,
    mailbox: Mailbox,
    tmp_path: Path,
) -> None:
    fcm.answers = [QUOTA, QUOTA, SENT]
    start_own_worker(env=fcm.environment(tmp_path))

    with open_page(web, reader) as page:
        tell([make_notice(reader)])
        assert hear(page)["title"] == "Tea is ready"
    mailbox.wait_for(to=reader.email, subject="Tea is ready")
    assert end_of(MailDelivery).status == Work.Status.COMPLETE
    assert sole(PushDelivery).status != Work.Status.COMPLETE

    push = end_of(PushDelivery)

    assert (push.status, push.attempts, len(fcm.messages)) == (Work.Status.COMPLETE, 3, 3)
    assert fcm.messages[-1]["data"] == {
        "tea": "1",
        "kind_of": "green",
        "type": "tea.ready",
        "notification": str(push.notification_id),
    }
    assert len(mailbox.to(reader.email)) == 1


def test_a_mail_server_that_is_down_keeps_the_mail_alone(
    start_own_worker: StartWorker, fcm: Fcm, reader: User, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    start_own_worker(env=fcm.environment(tmp_path) | {"EMAIL_URL": mailbox.url})

    tell([make_notice(reader)])
    assert end_of(PushDelivery).status == Work.Status.COMPLETE
    wait_until(lambda: sole(MailDelivery).failures)
    assert sole(MailDelivery).error == "The mail server did not answer (ConnectionRefusedError)"

    mailbox.start()
    try:
        assert end_of(MailDelivery).status == Work.Status.COMPLETE
    finally:
        mailbox.stop()
    assert len(mailbox.to(reader.email)) == len(fcm.messages) == 1


def test_a_push_that_fails_for_good_is_replayed_alone(
    start_own_worker: StartWorker, fcm: Fcm, reader: User, mailbox: Mailbox, tmp_path: Path
) -> None:
    fcm.answers = [FORBIDDEN, SENT]
    start_own_worker(env=fcm.environment(tmp_path))

    tell([make_notice(reader)])
    push, mail = end_of(PushDelivery), end_of(MailDelivery)
    assert (push.status, mail.status) == (Work.Status.FAILED, Work.Status.COMPLETE)
    assert push.error == "Something went wrong on our side."

    letter = DeadLetter.objects.get()
    assert "FCM answered 403: Permission denied" in letter.error
    dead_letters.replay(letter)

    assert end_of(PushDelivery).status == Work.Status.COMPLETE
    assert (len(fcm.messages), len(mailbox.to(reader.email))) == (2, 1)
    assert Device.objects.exists()


def test_a_device_that_is_gone_is_dropped_and_the_others_pushed_to(
    start_own_worker: StartWorker, fcm: Fcm, reader: User, tmp_path: Path
) -> None:
    fcm.answers = [GONE]
    start_own_worker(env=fcm.environment(tmp_path))
    tell([make_notice(reader)])

    push = end_of(PushDelivery)
    assert (push.status, push.error) == (
        Work.Status.FAILED,
        "The push service does not know the device.",
    )
    assert push.device is None
    assert not Device.objects.exists()
    assert not DeadLetter.objects.exists()

    fcm.answers = [SENT]
    PushDelivery.objects.all().delete()
    Device.objects.create(user=reader, token="new phone")
    tell([make_notice(reader, about="tea:2")])
    assert end_of(PushDelivery).status == Work.Status.COMPLETE
    assert [message["token"] for message in fcm.messages] == ["phone", "new phone"]


def test_a_push_whose_worker_was_killed_is_taken_up_again(
    start_own_worker: StartWorker, fcm: Fcm, reader: User, mailbox: Mailbox, tmp_path: Path
) -> None:
    environment = fcm.environment(tmp_path)
    fcm.awake.clear()
    worker = start_own_worker(env=environment)
    tell([make_notice(reader)])
    assert end_of(MailDelivery).status == Work.Status.COMPLETE
    wait_until(lambda: fcm.messages)

    worker.kill()
    fcm.awake.set()
    start_own_worker(env=environment)

    push = end_of(PushDelivery)
    assert (push.status, push.crashes) == (Work.Status.COMPLETE, 1)
    # Twice on the wire and once on the phone: the second takes the first one's place.
    assert len({message["android"]["notification"]["tag"] for message in fcm.messages}) == 1
    assert len(mailbox.to(reader.email)) == 1


def test_a_text_goes_to_the_phone(start_own_worker: StartWorker, user: User, settings: Any) -> None:
    Preferences.objects.create(user=user, sms=True, phone=PHONE)
    with serving(Twilio()) as twilio:
        settings.SMS_BACKEND = twilio.environment["SMS_BACKEND"]
        start_own_worker(env=twilio.environment)
        tell([make_notice(user, body="Hot. " * 200)])

        assert end_of(SmsDelivery).status == Work.Status.COMPLETE

    ((_, to), (_, sender), (_, text)) = sorted(twilio.messages[0].items(), reverse=True)
    assert (to, sender) == (PHONE, "+15550100")
    assert text.startswith("Tea is ready: Hot. ")
    assert len(text) == deliveries.SMS_LENGTH


def test_the_mail_says_what_the_notice_says(user: User, mailoutbox: list[Any]) -> None:
    delivery = make_delivery(MailDelivery, user)
    Notification.objects.update(title="Tea &\ncake", body="<b>Hot</b>\nand green")
    delivery.refresh_from_db()

    deliveries.mail(delivery)
    deliveries.mail(delivery)

    (mail,) = mailoutbox
    assert mail.subject == "Tea & cake"
    assert "<b>Hot</b>\nand green" in mail.body
    assert "&lt;b&gt;Hot&lt;/b&gt;<br>and green" in mail.alternatives[0].content


def test_who_changed_their_mind_meanwhile_is_not_told(
    reader: User, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    push = make_delivery(PushDelivery, reader, device=Device.objects.get())
    mail = make_delivery(MailDelivery, reader)
    Preferences.objects.create(user=reader, push=False, mail=False)

    with pytest.raises(PermanentError, match="does not want"):
        deliveries.push(push)
    with pytest.raises(PermanentError, match="does not want"):
        deliveries.mail(mail)
    assert not mailoutbox
    assert "Push to device" not in caplog.text


def test_who_was_locked_out_meanwhile_is_not_told(reader: User, mailoutbox: list[Any]) -> None:
    push = make_delivery(PushDelivery, reader, device=Device.objects.get())
    mail = make_delivery(MailDelivery, reader)
    User.objects.update(is_active=False)

    with pytest.raises(PermanentError, match="not active"):
        deliveries.push(push)
    with pytest.raises(PermanentError, match="not active"):
        deliveries.mail(mail)
    assert not mailoutbox


def test_a_phone_that_changed_hands_meanwhile_does_not_show_it(
    reader: User, make_user: MakeUser
) -> None:
    push = make_delivery(PushDelivery, reader, device=Device.objects.get())
    Device.objects.update(user=make_user())

    with pytest.raises(PermanentError, match="no longer this user's"):
        deliveries.push(push)


def test_who_has_lost_a_push_pushes_nothing(
    fcm: Fcm, reader: User, settings: Any, tmp_path: Path
) -> None:
    for name, value in fcm.environment(tmp_path).items():
        setattr(settings, name, value)
    push = taken_away(make_delivery(PushDelivery, reader, device=Device.objects.get()))

    with pytest.raises(LeaseLostError):
        deliveries.push(push)

    assert not fcm.messages


def test_who_has_lost_a_mail_sends_none(user: User, mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    mail = taken_away(make_delivery(MailDelivery, user))

    with pytest.raises(LeaseLostError):
        deliveries.mail(mail)

    assert not mailbox.mails


def test_who_has_lost_a_text_sends_none(user: User, settings: Any) -> None:
    Preferences.objects.create(user=user, sms=True, phone=PHONE)
    text = taken_away(make_delivery(SmsDelivery, user))
    with serving(Twilio()) as twilio:
        for name, value in twilio.environment.items():
            setattr(settings, name, value)

        with pytest.raises(LeaseLostError):
            deliveries.text(text)

    assert not twilio.posts
