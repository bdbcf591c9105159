"""Mails from templates: each arrives once, whatever its task goes through."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from background.mail import send_mail_once
from background.models import DeadLetter, Sending
from tests.sample.models import Run
from tests.sample.tasks import mail_once
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def tell(address: str, about: str = "parcel:1") -> bool:
    return send_mail_once(kind="parcel", about=about, to=address, context={"name": "Ann"})


@pytest.mark.parametrize("sender", ["noreply@jobs.example", "The team <team@jobs.example>"])
def test_a_mail_carries_the_id_of_its_row(
    mailoutbox: list[mail.EmailMessage], settings: pytest.FixtureRequest, sender: str
) -> None:
    settings.DEFAULT_FROM_EMAIL = sender  # type: ignore[attr-defined]

    assert tell("ann@example.org")

    (message,) = mailoutbox
    assert message.message()["Message-ID"] == f"<{Sending.objects.get().pk}@jobs.example>"
    assert message.subject == "A parcel for Ann"
    assert message.body == "Hello Ann, it is here.\n"


def test_the_same_mail_goes_out_once_to_each_address(
    mailoutbox: list[mail.EmailMessage],
) -> None:
    assert [tell("ann@example.org"), tell("ann@example.org")] == [True, False]
    assert tell("bob@example.org")
    assert tell("ann@example.org", about="parcel:2")

    assert [message.to for message in mailoutbox] == [
        ["ann@example.org"],
        ["bob@example.org"],
        ["ann@example.org"],
    ]


def test_a_doubled_task_sends_one_mail(worker: Process, mailbox: Mailbox) -> None:
    mail_once.delay_on_commit("ann@example.org")
    sending = wait_until(lambda: Sending.objects.filter(sent_at__isnull=False).first())

    for _ in range(2):
        mail_once.delay_on_commit("ann@example.org")
    wait_until(lambda: Run.objects.filter(name="ann@example.org").count() == 3)

    (arrived,) = mailbox.to("ann@example.org")
    assert arrived["Message-ID"].startswith(f"<{sending.pk}@")


def test_a_task_waits_for_the_claim_of_a_process_that_was_killed(
    worker: Process, mailbox: Mailbox
) -> None:
    claimed = Sending.objects.create(
        kind="parcel",
        object="parcel:1",
        recipient="ann@example.org",
        claimed_until=timezone.now() + timedelta(seconds=3),
    )

    mail_once.delay_on_commit("ann@example.org")

    arrived = mailbox.wait_for(to="ann@example.org")
    assert arrived["Message-ID"].startswith(f"<{claimed.pk}@")
    assert not DeadLetter.objects.exists()
