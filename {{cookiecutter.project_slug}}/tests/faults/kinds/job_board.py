"""The job board's work that somebody else's server takes part in, and what follows a request."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import User
from apps.payments import services as payments
from apps.resumes import services as resumes
from apps.webhooks.events import Event, Happening, announce_all
from apps.webhooks.models import Delivery
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

RESUME = b"Ann Example\nann@example.org\nSkills: Python, Django\n"


class Payments:
    """Payments; the gateway knows each by its idempotency key."""

    name = "payment"

    def __init__(self, stripe: StripeServer) -> None:
        self._stripe = stripe
        self.environment = stripe.environment

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
        """The key of each charge, as often as it was asked for."""
        calls = dict(self._stripe.calls)
        return {key: [key] * calls[key] for key in list(self._stripe.charges)}


class Webhooks:
    """Webhooks; the receiver knows each by its `webhook-id`."""

    name = "webhook"
    environment: Mapping[str, str] = {}

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def start(self, number: int) -> list[str]:
        """Announce events to a subscriber."""
        user = _make_user("employer")
        make_subscription(user, self._receiver.url)
        announce_all(Happening(Event.JOB_EXPIRED, user.pk, {"id": at}) for at in range(number))
        return [str(pk) for pk in Delivery.objects.filter(owner=user).values_list("pk", flat=True)]

    def effects(self) -> Effects:
        """The `webhook-id` of each, as often as it came."""
        return {key: [key] * len(posts) for key, posts in self._receiver.received.items()}


class Resumes:
    """Resumes; the parsing service knows each by its idempotency key."""

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
        files = [SimpleUploadedFile(f"cv{at}.txt", RESUME) for at in range(number)]
        return [str(resumes.upload(seeker, file).pk) for file in files]

    def request(self, web: Web) -> list[str]:
        """Upload a resume."""
        file = SimpleUploadedFile("cv.txt", RESUME)
        return [web.upload("resumes/", file, _make_user("seeker"))["id"]]

    def effects(self) -> Effects:
        """The key of each resume, as often as it was parsed."""
        made: Effects = {}
        for post in list(self._service.posts):
            key = str(post.headers["Idempotency-Key"])
            made.setdefault(key, []).append(key)
        return made


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


def _make_user(role: str) -> User:
    return make_user(f"{uuid4()}@example.org", role)


KINDS = [payments_made, webhooks_sent, resumes_parsed, applications_made]
