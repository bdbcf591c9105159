"""The applicant list: cache first, never stale, the owner's alone."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from apps.accounts.models import Profile, User
from apps.applications import pages, services, views
from apps.applications.models import Application
from apps.jobs.models import Job
from apps.paging import Page
from apps.resumes.models import Resume
from tests.apps.applications.making import make_application, make_resume
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job
from tests.fastdata.keys import seconds_left


def address(job: Job) -> str:
    """Where the applicants of a job are."""
    return f"/api/v1/jobs/{job.pk}/applications/"


def make_applicants(job: Job, number: int) -> None:
    """So many people who applied."""
    start = User.objects.count()
    users = User.objects.bulk_create(
        [User(email=f"many{start + n}@example.org") for n in range(number)], batch_size=500
    )
    Profile.objects.bulk_create(
        [Profile(user=user, role="seeker", full_name="Many") for user in users], batch_size=500
    )
    Application.objects.bulk_create(
        [Application(job=job, seeker=user) for user in users], batch_size=500
    )


def kept_pages() -> list[str]:
    """The keys of all pages that are kept."""
    return [str(key) for key in cache.keys("applications:job:*:page:*")]


def test_an_employer_reads_who_applied_newest_first(
    employers_client: APIClient, job: Job, seeker: User, resume: Resume, make_user: MakeUser
) -> None:
    make_application(job, make_user("seeker", "Ann First"))
    make_application(job, seeker, resume=resume)

    page = employers_client.get(address(job)).json()

    assert page["count"] == 2
    assert [person["name"] for person in page["results"]] == ["Sue Seeker", "Ann First"]
    assert page["results"][0]["email"] == seeker.email
    assert page["results"][0]["skills"] == ["Python"]


@pytest.mark.django_db(transaction=True)
def test_a_hit_touches_no_table_but_the_login(
    employer: User, job: Job, django_assert_num_queries: Any
) -> None:
    make_applicants(job, 3)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=employer).key}")
    first = client.get(address(job)).json()

    with CaptureQueriesContext(connection) as queries:
        assert client.get(address(job)).json() == first

    (login,) = queries.captured_queries
    assert "authtoken_token" in login["sql"]


def test_a_miss_takes_the_same_queries_for_ten_and_ten_thousand(
    employers_client: APIClient, job: Job, employer: User
) -> None:
    counts = []
    for number in (10, 10_000):
        crowded = make_job(employer)
        make_applicants(crowded, number)
        with CaptureQueriesContext(connection) as queries:
            assert employers_client.get(address(crowded)).json()["count"] == number
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 3


@pytest.mark.django_db(transaction=True)
def test_twenty_misses_at_once_compute_once(
    employer: User, job: Job, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_applicants(job, 5)
    loads: list[int] = []
    load, together = views._load, threading.Barrier(20)

    def counting(*args: Any) -> Page:
        loads.append(1)
        threading.Event().wait(0.2)
        return load(*args)

    def read(_: int) -> int:
        together.wait()
        try:
            return int(client_of(employer).get(address(job)).json()["count"])
        finally:
            connection.close()

    monkeypatch.setattr(views, "_load", counting)
    with ThreadPoolExecutor(20) as threads:
        counts = list(threads.map(read, range(20)))

    assert counts == [5] * 20
    assert len(loads) == 1


@pytest.mark.django_db(transaction=True)
def test_a_new_application_shows_at_once(
    employers_client: APIClient, job: Job, seeker: User, resume: Resume
) -> None:
    assert employers_client.get(address(job)).json()["count"] == 0

    application = services.apply(seeker, job=job, resume=resume)

    page = employers_client.get(address(job)).json()
    assert [person["id"] for person in page["results"]] == [application.pk]


@pytest.mark.django_db(transaction=True)
def test_a_new_status_shows_at_once(
    employers_client: APIClient, job: Job, seeker: User, employer: User
) -> None:
    application = make_application(job, seeker)
    employers_client.get(address(job))

    services.change_status(application, "REVIEWED", employer)

    page = employers_client.get(address(job)).json()
    assert page["results"][0]["status"] == "REVIEWED"


@pytest.mark.django_db(transaction=True)
def test_a_reader_in_flight_leaves_no_stale_page(
    employers_client: APIClient,
    job: Job,
    seeker: User,
    resume: Resume,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = views._load

    def slow(*args: Any) -> Page:
        page = load(*args)
        monkeypatch.setattr(views, "_load", load)
        services.apply(seeker, job=job, resume=resume)
        return page

    monkeypatch.setattr(views, "_load", slow)
    assert employers_client.get(address(job)).json()["count"] == 0

    assert employers_client.get(address(job)).json()["count"] == 1


@pytest.mark.django_db(transaction=True)
def test_other_jobs_keep_their_pages(
    employers_client: APIClient, employer: User, job: Job, seeker: User, resume: Resume
) -> None:
    other = make_job(employer)
    employers_client.get(address(other))
    (kept,) = kept_pages()

    services.apply(seeker, job=job, resume=resume)

    employers_client.get(address(other))
    assert kept_pages() == [kept]


def test_a_page_is_kept_for_two_minutes_under_its_owner(
    employers_client: APIClient, employer: User, job: Job
) -> None:
    make_applicants(job, 21)

    assert len(employers_client.get(address(job), {"page": 2}).json()["results"]) == 1

    (key,) = kept_pages()
    assert key.startswith(f"applications:job:{job.pk}:page:2:employer:{employer.pk}:")
    assert 0 < seconds_left(key) <= pages.APPLICANTS_SECONDS == 120


def test_nobody_else_reads_them(
    employers_client: APIClient,
    job: Job,
    make_user: MakeUser,
    client_of: ClientOf,
    client: APIClient,
    anonymous: APIClient,
) -> None:
    employers_client.get(address(job))

    assert client_of(make_user("employer")).get(address(job)).status_code == 403
    assert client.get(address(job)).status_code == 403
    assert anonymous.get(address(job)).status_code == 401
    assert len(kept_pages()) == 1


@pytest.mark.parametrize(("page", "status"), [("-1", 400), ("x", 400), ("2", 404), ("0", 400)])
def test_a_page_that_is_not_there_is_no_page(
    employers_client: APIClient, job: Job, page: str, status: int
) -> None:
    assert employers_client.get(address(job), {"page": page}).status_code == status
    assert employers_client.get("/api/v1/jobs/999999/applications/").status_code == 404


def test_a_resume_that_is_not_read_yet_names_no_skills(
    employers_client: APIClient, job: Job, seeker: User
) -> None:
    unread = make_resume(seeker, status="PENDING", parsed_data=None)
    make_application(job, seeker, resume=unread)

    assert employers_client.get(address(job)).json()["results"][0]["skills"] == []
