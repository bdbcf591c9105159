"""An employer with a posting, and a payment gateway."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.models import Job
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job
from tests.apps.payments.servers import GATEWAY, SECRET_KEY, StripeServer
from tests.support.serving import serving


@pytest.fixture
def employer(make_user: MakeUser) -> User:
    """Somebody who pays."""
    return make_user("employer", "Example Ltd")


@pytest.fixture
def job(employer: User) -> Job:
    """What for."""
    return make_job(employer)


@pytest.fixture
def client(employer: User, client_of: ClientOf) -> APIClient:
    """The employer's client."""
    return client_of(employer)


@pytest.fixture
def staff(make_user: MakeUser) -> User:
    """Somebody who orders payouts."""
    user = make_user()
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def stripe() -> Iterator[StripeServer]:
    """A gateway, for the processes that are given its environment."""
    with serving(StripeServer()) as server:
        yield server
        server.answering.set()


@pytest.fixture
def stripe_here(stripe: StripeServer, settings: Any) -> StripeServer:
    """The gateway of this process."""
    settings.PAYMENT_GATEWAY = GATEWAY
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_URL = stripe.url
    return stripe
