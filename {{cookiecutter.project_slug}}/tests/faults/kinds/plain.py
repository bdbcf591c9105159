"""Work that every project has: rows, calls that send a mail, and what follows a registration."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from background.dispatch import dispatch
from tests.conftest import MAILBOX
from tests.faults.load import Effects, Kind
from tests.faults.visitors import Web
from tests.sample.models import Delivery, Parcel
from tests.sample.tasks import mail_lightly, mail_once


class Parcels:
    """Rows whose effect is in the database, written as they become COMPLETE."""

    name = "row"
    environment: Mapping[str, str] = {}

    def start(self, number: int) -> list[str]:
        """Send parcels."""
        with transaction.atomic():
            parcels = [Parcel.objects.create() for _ in range(number)]
            for parcel in parcels:
                dispatch(parcel)
        return [str(parcel.pk) for parcel in parcels]

    def effects(self) -> Effects:
        """The deliveries of each parcel."""
        made: Effects = defaultdict(list)
        for delivery, parcel in Delivery.objects.values_list("pk", "parcel"):
            made[str(parcel)].append(str(delivery))
        return made


class Mails:
    """Tasks without a model, each of which mails somebody; `send` starts one for an address."""

    environment: Mapping[str, str] = {}

    def __init__(self, name: str, send: Callable[[str], object]) -> None:
        self.name = name
        self._send = send
        self._numbers = count()

    def start(self, number: int) -> list[str]:
        """Have mails sent, each to an address of its own."""
        names = [f"{self.name.replace(' ', '-')}-{next(self._numbers)}" for _ in range(number)]
        addresses = [f"{name}@example.org" for name in names]
        with transaction.atomic():
            for address in addresses:
                self._send(address)
        return addresses

    def effects(self) -> Effects:
        """The ids of the mails that each address got."""
        return mails_received()


class Registrations:
    """Visitors who register, each of whom is welcomed by mail."""

    name = "registration"
    environment: Mapping[str, str] = {}

    def request(self, web: Web) -> list[str]:
        """Register."""
        address = f"{uuid4()}@example.org"
        visitor = {
            "email": address,
            "password": "correct horse 42",
            "role": settings.ACCOUNT_ROLES[0],
            "full_name": "Ann Visitor",
        }
        web.post("auth/register/", visitor)
        return [address]

    def effects(self) -> Effects:
        """The ids of the mails that each of them got."""
        return mails_received()


def mails_received() -> Effects:
    """The ids of the mails that each address got."""
    received: Effects = defaultdict(list)
    for mail in list(MAILBOX.mails):
        received[str(mail["To"])].append(str(mail["Message-ID"]))
    return received


@contextmanager
def parcels() -> Iterator[Kind]:
    """Rows."""
    yield Parcels()


@contextmanager
def mails() -> Iterator[Kind]:
    """Celery tasks that mail, at the mail server of the tests."""
    yield Mails("mail", mail_once.delay_on_commit)


@contextmanager
def light_mails() -> Iterator[Kind]:
    """Light tasks that mail."""
    yield Mails("light mail", mail_lightly.enqueue)


@contextmanager
def registrations() -> Iterator[Kind]:
    """Registrations, on request."""
    yield Registrations()


KINDS = [parcels, mails, light_mails, registrations]
