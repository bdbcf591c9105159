"""Announcing: to those who want to hear of it, once it is committed."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.applications import services as applications
from apps.applications.models import Application
from apps.jobs import tasks as jobs
from apps.webhooks import services
from apps.webhooks.events import Event, Happening, announce, announce_all
from apps.webhooks.models import Delivery
from tests.apps.applications.making import make_application, make_resume
from tests.apps.conftest import MakeUser
from tests.apps.jobs.postings import make_job, yesterday
from tests.apps.webhooks.making import announce_tea, make_subscription
from tests.apps.webhooks.servers import Receiver
from tests.support.threads import in_threads
from tests.support.waiting import wait_until

HOOK = "https://example.org/hook"


@pytest.fixture
def employer(make_user: MakeUser) -> User:
    """Somebody whose server hears of everything."""
    employer = make_user("employer")
    make_subscription(employer, HOOK)
    return employer


@pytest.fixture
def seeker(make_user: MakeUser) -> User:
    """Another one."""
    seeker = make_user("seeker")
    make_subscription(seeker, HOOK)
    return seeker


def announced() -> list[tuple[int | None, str]]:
    """What was announced to whom."""
    return sorted(Delivery.objects.values_list("owner", "event"))


def test_each_subscription_to_the_event_gets_a_delivery_of_its_own(user: User) -> None:
    wanted = {
        make_subscription(user, HOOK, events=[Event.JOB_EXPIRED]),
        make_subscription(user, HOOK),
    }
    make_subscription(user, HOOK, events=[Event.PAYMENT_FAILED])
    make_subscription(user, HOOK, is_active=False)

    announce_tea(user)

    assert {delivery.subscription for delivery in Delivery.objects.all()} == wanted
    assert len({delivery.body for delivery in Delivery.objects.all()}) == 1


def test_nobody_hears_of_what_is_not_theirs(user: User, make_user: MakeUser) -> None:
    make_subscription(make_user(), HOOK)

    announce_tea(user)

    assert not Delivery.objects.exists()


def test_who_is_locked_out_hears_nothing(user: User) -> None:
    make_subscription(user, HOOK)
    User.objects.update(is_active=False)

    announce_tea(user)

    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_webhook_that_is_deleted_meanwhile_does_not_undo_what_is_announced(user: User) -> None:
    subscription = make_subscription(user, HOOK)

    def delete(_: int) -> None:
        services.unsubscribe(subscription)

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            announce_tea(user)
            deletion = thread.submit(in_threads, delete, 1)
            with suppress(TimeoutError):
                deletion.result(timeout=0.5)
        deletion.result()

    assert Delivery.objects.get().subscription is None


@pytest.mark.usefixtures("worker")
def test_an_event_that_is_rolled_back_is_not_told(receiver: Receiver, user: User) -> None:
    make_subscription(user, receiver.url)

    with transaction.atomic():
        announce(Event.JOB_EXPIRED, user.pk, {"job": "rolled back"})
        transaction.set_rollback(True)
    announce(Event.JOB_EXPIRED, user.pk, {"job": "committed"})

    wait_until(lambda: receiver.posts)
    (post,) = receiver.posts
    assert json.loads(post.body)["data"] == {"job": "committed"}


def test_many_events_take_no_more_queries_than_one(user: User, make_user: MakeUser) -> None:
    def count(owners: list[User]) -> int:
        with CaptureQueriesContext(connection) as queries:
            announce_all(Happening(Event.JOB_EXPIRED, owner.pk, {}) for owner in owners)
        return len(queries)

    owners = [user, *(make_user() for _ in range(4))]
    for owner in owners:
        for _ in range(3):
            make_subscription(owner, HOOK)

    assert count(owners * 10) == count([user])


def test_an_employer_hears_of_an_application(employer: User, seeker: User) -> None:
    job = make_job(employer)

    application = applications.apply(seeker, job=job, resume=make_resume(seeker))

    delivery = Delivery.objects.get()
    assert (delivery.owner, delivery.event) == (employer, "application.received")
    assert json.loads(delivery.body)["data"] == {"application": application.pk, "job": job.pk}


def test_a_seeker_hears_of_the_answer(employer: User, seeker: User) -> None:
    application = make_application(make_job(employer), seeker)

    applications.change_status(application, Application.Status.REVIEWED, employer)

    delivery = Delivery.objects.get()
    assert (delivery.owner, delivery.event) == (seeker, "application.status_changed")
    assert json.loads(delivery.body)["data"] == {
        "application": application.pk,
        "job": application.job_id,
        "status": "REVIEWED",
    }


def test_an_answer_that_is_refused_is_not_told(employer: User, seeker: User) -> None:
    application = make_application(make_job(employer), seeker, status="REJECTED")

    with pytest.raises(applications.IllegalStatusChangeError):
        applications.change_status(application, Application.Status.REVIEWED, employer)

    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_employer_hears_once_of_each_posting_that_expired(employer: User) -> None:
    over = [make_job(employer, deadline=yesterday()) for _ in range(3)]
    make_job(employer)

    jobs.expire_old_job_postings()
    jobs.expire_old_job_postings()

    told = [json.loads(body)["data"] for body in Delivery.objects.values_list("body", flat=True)]
    assert announced() == [(employer.pk, "job.expired")] * 3
    assert sorted(each["job"] for each in told) == [job.pk for job in over]
