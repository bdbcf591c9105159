"""Mails from templates: each arrives once, whatever its task goes through."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from background.errors import PermanentError, TransientError
from background.mail import send_mail_once
from background.models import DeadLetter, Sending
from tests.sample.models import Run
from tests.sample.tasks import mail_once
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.recovering import wait_with_recovery
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


class Answering(Mailbox):
    """A mail server that says the same to every recipient, or to every text."""

    def __init__(self, *, to_recipient: str = "250 OK", to_text: str = "250 OK") -> None:
        super().__init__()
        self.to_recipient = to_recipient
        self.to_text = to_text

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Answer to a recipient."""
        envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Answer to the text."""
        return self.to_text


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"to_recipient": "450 Come back later"}, TransientError),
        ({"to_recipient": "550 No such user"}, PermanentError),
        ({"to_text": "451 Busy"}, TransientError),
        ({"to_text": "554 We do not like you"}, OSError),
    ],
)
def test_what_follows_from_the_mail_servers_answer(
    settings: Any, answers: dict[str, str], error: type[Exception]
) -> None:
    server = Answering(**answers)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port

    server.start()
    try:
        with pytest.raises(error):
            tell("ann@example.org")
    finally:
        server.stop()
    assert not Sending.objects.filter(sent_at__isnull=False).exists()


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

    [arrived] = wait_with_recovery(lambda: mailbox.to("ann@example.org"))
    assert arrived["Message-ID"].startswith(f"<{claimed.pk}@")
    assert not DeadLetter.objects.exists()
