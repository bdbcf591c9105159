"""Nightly expiry: closed in bulk, every employer told once, whatever runs twice."""

import logging
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs import tasks
from apps.jobs.models import Job
from apps.notifications.models import Notification
from config.queues import ROUTES
from config.schedule import SCHEDULE
from tests.apps.conftest import MakeUser
from tests.apps.jobs.postings import make_job, posting, yesterday
from tests.support.mailbox import Mailbox
from tests.support.waiting import wait_until

JOBS = "/api/v1/jobs/"


def make_overdue(employer: User, number: int) -> None:
    """So many postings that nobody closed yet."""
    fields: dict[str, Any] = posting(deadline=yesterday())
    Job.objects.bulk_create(
        [Job(employer=employer, **fields) for _ in range(number)], batch_size=500
    )


@pytest.mark.usefixtures("worker")
def test_employers_are_told_in_the_app_and_by_mail(
    employer: User, anonymous: APIClient, mailbox: Mailbox
) -> None:
    over = make_job(employer, title="Over", deadline=yesterday())
    make_job(employer, title="Open")
    assert anonymous.get(JOBS).json()["count"] == 2

    tasks.expire_old_job_postings.delay()

    mail = mailbox.wait_for(to=employer.email)
    notice = wait_until(lambda: Notification.objects.first())
    assert mail["Subject"] == notice.title == "Your posting has expired"
    assert (notice.user, notice.data) == (employer, {"job": over.pk})
    assert [job["title"] for job in anonymous.get(JOBS).json()["results"]] == ["Open"]
    assert anonymous.get(f"{JOBS}{over.pk}/").json()["status"] == "EXPIRED"


@pytest.mark.usefixtures("worker")
def test_running_twice_and_twice_at_once_tells_nobody_twice(
    employer: User, make_user: MakeUser, mailbox: Mailbox
) -> None:
    make_overdue(employer, 60)
    make_overdue(make_user("employer"), 60)

    for _ in range(3):
        tasks.expire_old_job_postings.delay()
    wait_until(lambda: Notification.objects.count() == 120)
    for job_ids in (list(Job.objects.values_list("pk", flat=True)),) * 2:
        tasks.notify_employer_job_expired.delay(job_ids)
    tasks.expire_old_job_postings.delay()

    wait_until(lambda: len(mailbox.mails) >= 120)
    last = make_job(employer, title="The last one", deadline=yesterday())
    tasks.expire_old_job_postings.delay()
    wait_until(lambda: Notification.objects.filter(data={"job": last.pk}).exists())
    wait_until(lambda: any("The last one" in str(mail) for mail in mailbox.mails))
    assert Notification.objects.count() == len(mailbox.mails) == 121


def test_a_posting_that_was_extended_is_told_of_again_when_it_expires_anew(
    employer: User,
) -> None:
    job = make_job(employer, deadline=yesterday(), status="EXPIRED")
    tasks.notify_employer_job_expired([job.pk])
    job.deadline = yesterday()
    job.save()

    tasks.notify_employer_job_expired([job.pk])

    assert Notification.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_caches_are_dropped_and_the_log_says_how_many(
    employer: User, anonymous: APIClient, caplog: pytest.LogCaptureFixture
) -> None:
    make_overdue(employer, 3)
    anonymous.get(JOBS, {"sort": "deadline"})
    anonymous.get(f"{JOBS}featured/")
    cache.set("jobs:listing", "is another key")

    with caplog.at_level(logging.INFO):
        tasks.expire_old_job_postings()

    assert cache.keys("jobs:*") == ["jobs:listing"]
    assert "3 postings expired" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_postings_take_few_queries_and_little_memory(employer: User) -> None:
    make_overdue(employer, 10_000)
    tracemalloc.start()
    try:
        with CaptureQueriesContext(connection) as queries:
            tasks.expire_old_job_postings()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert not Job.objects.overdue().exists()
    # For each batch of 500: some to mark them, and one for each of its ten messages.
    assert len(queries) <= 20 * 10_000 / 500
    assert peak < 10 * 1024 * 1024


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_share_the_postings(
    employer: User, caplog: pytest.LogCaptureFixture
) -> None:
    make_overdue(employer, 1200)

    def run(_: int) -> None:
        try:
            tasks.expire_old_job_postings()
        finally:
            connection.close()

    with caplog.at_level(logging.INFO), ThreadPoolExecutor(2) as threads:
        list(threads.map(run, range(2)))

    expired = [
        int(record.args[0])  # type: ignore[arg-type, index]
        for record in caplog.records
        if "postings expired" in record.msg
    ]
    assert sum(expired) == 1200


def test_it_runs_every_midnight_and_behind_everything_else() -> None:
    entry = next(e for e in SCHEDULE.values() if e["task"].endswith("expire_old_job_postings"))

    assert entry["schedule"].hour == entry["schedule"].minute == {0}
    assert ROUTES[entry["task"]] in {"low_priority", "default"}
