"""Writing postings: who may, what is refused, and what is seen of a change at once."""

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.cache import active_jobs_key, detail_key, featured_key, list_key
from apps.jobs.models import Job
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job, posting, yesterday

JOBS = "/api/v1/jobs/"


def test_an_employer_publishes_a_posting(client: APIClient, employer: User) -> None:
    response = client.post(JOBS, posting())

    job = Job.objects.get()
    assert response.status_code == 201
    assert (job.employer, job.title, job.status) == (employer, "Python developer", "ACTIVE")
    assert response.json()["employer"] == {"id": employer.pk, "name": "Example Ltd"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "nul\x00"),
        ("title", ["a list"]),
        ("description", "x" * 10_001),
        ("skills", "Python"),
        ("skills", ["x"] * 51),
        ("skills", [{"name": "Python"}]),
        ("deadline", "tomorrow"),
        ("deadline", "0001-01-01T00:00:00+14:00"),
        ("deadline", "2020-01-01T00:00:00Z"),
    ],
)
def test_a_bad_answer_is_a_field_error(client: APIClient, field: str, value: Any) -> None:
    response = client.post(JOBS, posting(**{field: value}))

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not Job.objects.exists()


def test_what_only_the_site_decides_is_not_taken_from_an_employer(client: APIClient) -> None:
    client.post(JOBS, posting(is_featured=True, application_count=99, status="CLOSED"))

    job = Job.objects.get()
    assert (job.is_featured, job.application_count, job.status) == (False, 0, "ACTIVE")


def test_only_employers_publish(
    make_user: MakeUser, client_of: ClientOf, anonymous: APIClient
) -> None:
    assert client_of(make_user("seeker")).post(JOBS, posting()).status_code == 403
    assert anonymous.post(JOBS, posting()).status_code == 401
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_at_once_everywhere(
    client: APIClient, anonymous: APIClient, job: Job
) -> None:
    address = f"{JOBS}{job.pk}/"
    for place in (JOBS, f"{JOBS}featured/", address, f"/api/v1/employers/{job.employer_id}/"):
        anonymous.get(place)
    kept = [
        list_key(1, "newest"),
        featured_key(),
        detail_key(job.pk),
        active_jobs_key(job.employer_id),
    ]
    assert set(cache.get_many(kept)) == set(kept)

    assert client.patch(address, {"title": "Celery expert"}).json()["title"] == "Celery expert"

    assert cache.get_many(kept) == {}
    assert anonymous.get(address).json()["title"] == "Celery expert"
    assert anonymous.get(JOBS).json()["results"][0]["title"] == "Celery expert"


def test_an_expired_posting_is_shown_again_with_a_new_deadline(
    client: APIClient, employer: User
) -> None:
    job = make_job(employer, status="EXPIRED", deadline=yesterday())

    client.patch(f"{JOBS}{job.pk}/", {"title": "Still over"})
    job.refresh_from_db()
    assert job.status == "EXPIRED"

    client.patch(f"{JOBS}{job.pk}/", {"deadline": posting()["deadline"]})
    job.refresh_from_db()
    assert job.status == "ACTIVE"


def test_a_closed_posting_stays_closed(client: APIClient, job: Job) -> None:
    address = f"{JOBS}{job.pk}/"
    assert client.post(f"{address}close/").json()["status"] == "CLOSED"
    assert client.post(f"{address}close/").json()["status"] == "CLOSED"

    response = client.patch(address, {"deadline": posting()["deadline"]})

    assert response.status_code == 400
    assert response.json() == {"non_field_errors": ["This posting was closed."]}


def test_nobody_changes_somebody_elses_posting(
    job: Job, make_user: MakeUser, client_of: ClientOf, anonymous: APIClient
) -> None:
    address = f"{JOBS}{job.pk}/"
    other = client_of(make_user("employer"))

    assert other.patch(address, {"title": "Mine"}).status_code == 403
    assert other.post(f"{address}close/").status_code == 403
    assert other.get(f"{address}statistics/").status_code == 403
    assert anonymous.patch(address, {"title": "Mine"}).status_code == 401
    job.refresh_from_db()
    assert (job.title, job.status) == ("Python developer", "ACTIVE")
