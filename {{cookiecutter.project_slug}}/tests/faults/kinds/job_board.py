"""The job board's work that somebody else's server takes part in, and what follows a request."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.payments import services as payments
from apps.resumes import services as resumes
from apps.webhooks.events import Event, Happening, announce_all
from tests.apps.applications.making import answers, make_resume
from tests.apps.jobs.postings import make_job
from tests.apps.payments.making import CARD, new_key, order
from tests.apps.payments.servers import StripeServer
from tests.apps.people import make_user
from tests.apps.resumes.servers import ParsingService
from tests.apps.webhooks.making import make_subscription
from tests.apps.webhooks.servers import Receiver
from tests.faults.kinds.plain import mails_received
from tests.faults.load import Effects, Kind
from tests.faults.visitors import Web
from tests.support.serving import serving

# What a payment's idempotency key begins with: the id of its row.
ID_LENGTH = 36
EMAIL = re.compile(rb"[\w-]+@example\.org")


class Payments:
    """Payments; the gateway knows each charge by its idempotency key."""

    name = "payment"

    def __init__(self, stripe: StripeServer) -> None:
        self._stripe = stripe
        # A host without its network does not reach the gateway either; nobody waits for minutes.
        self.environment = stripe.environment | {"PAYMENT_RETRY_SECONDS": "1"}

    def start(self, number: int) -> list[str]:
        """Pay for postings."""
        employer = _make_user("employer")
        jobs = [make_job(employer) for _ in range(number)]
        return [str(payments.pay(employer, new_key(), job=job, card=CARD).pk) for job in jobs]

    def request(self, web: Web) -> list[str]:
        """Pay for a posting."""
        employer = _make_user("employer")
        key = {"Idempotency-Key": new_key()}
        return [web.post("payments/", order(make_job(employer)), employer, key)["id"]]

    def effects(self) -> Effects:
        """The keys of the charges for each payment, as often as they were asked for."""
        calls = dict(self._stripe.calls)
        made: Effects = defaultdict(list)
        for key in list(self._stripe.charges):
            made[key[:ID_LENGTH]] += [key] * calls[key]
        return made


class Webhooks:
    """Webhooks about events, each of which has a name; the receiver knows them by `webhook-id`."""

    name = "webhook"
    environment: Mapping[str, str] = {}

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def start(self, number: int) -> list[str]:
        """Announce events to a subscriber."""
        user = _make_user("employer")
        make_subscription(user, self._receiver.url)
        names = [str(uuid4()) for _ in range(number)]
        announce_all(Happening(Event.JOB_EXPIRED, user.pk, {"id": name}) for name in names)
        return names

    def effects(self) -> Effects:
        """The `webhook-id` under which each event came, as often as it did."""
        came: Effects = defaultdict(list)
        for webhook_id, posts in self._receiver.received.items():
            for post in posts:
                came[json.loads(post.body)["data"]["id"]].append(webhook_id)
        return came


class Resumes:
    """Resumes, each of somebody else; the parsing service knows them by their idempotency key."""

    name = "resume"

    def __init__(self, service: ParsingService) -> None:
        self._service = service
        self.environment = {
            "RESUME_PARSER": "apps.resumes.parsing.http.HttpParser",
            "AI_PARSER_URL": service.url,
        }

    def start(self, number: int) -> list[str]:
        """Upload resumes."""
        seeker = _make_user("seeker")
        addresses = [_make_address() for _ in range(number)]
        for address in addresses:
            resumes.upload(seeker, _resume_of(address))
        return addresses

    def request(self, web: Web) -> list[str]:
        """Upload a resume."""
        address = _make_address()
        web.upload("resumes/", _resume_of(address), _make_user("seeker"))
        return [address]

    def effects(self) -> Effects:
        """The keys under which the resume with each address was parsed, as often as it was."""
        parsed: Effects = defaultdict(list)
        for post in list(self._service.posts):
            (address,) = EMAIL.findall(post.body)
            parsed[address.decode()].append(str(post.headers["Idempotency-Key"]))
        return parsed


class Applications:
    """Applications, each of which is mailed to the employer and confirmed to the seeker."""

    name = "application"
    environment: Mapping[str, str] = {}

    def request(self, web: Web) -> list[str]:
        """Apply for a job; the addresses of both."""
        seeker, employer = _make_user("seeker"), _make_user("employer")
        wanted = answers(make_job(employer), make_resume(seeker))
        web.post("applications/", wanted, seeker)
        return [seeker.email, employer.email]

    def effects(self) -> Effects:
        """The ids of the mails that each of them got."""
        return mails_received()


@contextmanager
def payments_made() -> Iterator[Kind]:
    """Payments, at a gateway of their own."""
    with serving(StripeServer()) as stripe:
        yield Payments(stripe)


@contextmanager
def webhooks_sent() -> Iterator[Kind]:
    """Webhooks, to a receiver of their own."""
    with serving(Receiver()) as receiver:
        yield Webhooks(receiver)


@contextmanager
def resumes_parsed() -> Iterator[Kind]:
    """Resumes, for a parsing service of their own."""
    with serving(ParsingService()) as service:
        yield Resumes(service)


@contextmanager
def applications_made() -> Iterator[Kind]:
    """Applications, on request."""
    yield Applications()


def _make_address() -> str:
    return f"{uuid4()}@example.org"


def _make_user(role: str) -> User:
    return make_user(_make_address(), role)


def _resume_of(address: str) -> SimpleUploadedFile:
    text = f"Ann Example\n{address}\nSkills: Python, Django\n"
    return SimpleUploadedFile("cv.txt", text.encode())


KINDS = [payments_made, webhooks_sent, resumes_parsed, applications_made]
