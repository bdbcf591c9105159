"""What the servers of employers hear of payments."""

import json
from collections.abc import Callable

import pytest

from apps.jobs.models import Job
from tests.apps.payments.making import CARD, end_of, pay
from tests.apps.payments.servers import DECLINED_CARD, StripeServer
from tests.apps.webhooks.making import make_subscription
from tests.apps.webhooks.servers import Receiver
from tests.support.processes import Process
from tests.support.serving import serving
from tests.support.waiting import wait_until


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("card", "event", "error"),
    [
        (CARD, "payment.complete", ""),
        (DECLINED_CARD, "payment.failed", "Your card was declined."),
    ],
)
def test_each_end_is_announced(
    start_own_worker: Callable[..., Process],
    stripe: StripeServer,
    job: Job,
    card: str,
    event: str,
    error: str,
) -> None:
    start_own_worker(env=stripe.environment)
    with serving(Receiver()) as receiver:
        make_subscription(job.employer, receiver.url)

        payment = end_of(pay(job, card))

        [post] = wait_until(lambda: receiver.posts)
    told = json.loads(post.body)
    assert told["type"] == event
    assert told["data"] == {
        "payment": str(payment.pk),
        "job": job.pk,
        "amount": payment.amount,
        "currency": payment.currency,
        "error": error,
        "in_doubt": False,
    }
