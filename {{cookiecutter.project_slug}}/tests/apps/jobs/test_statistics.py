"""Numbers that are counted while people look and apply."""

from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.applications.models import Application
from apps.jobs import statistics
from apps.jobs.models import Job
from fastdata.connection import data
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.jobs.postings import make_job


def test_looks_and_people_are_counted_apart(
    client: APIClient, job: Job, anonymous: APIClient, make_user: MakeUser, client_of: ClientOf
) -> None:
    address = f"/api/v1/jobs/{job.pk}/"
    seeker = client_of(make_user("seeker"))
    for visitor in (seeker, seeker, anonymous, anonymous, anonymous):
        visitor.get(address)

    numbers = client.get(f"{address}statistics/").json()

    assert numbers["unique_viewers"] == 2
    assert list(numbers["views"].values()) == [0] * 6 + [5]
    assert list(numbers["views"])[-1] == timezone.localdate().isoformat()


def test_views_and_viewers_are_remembered_for_their_time(job: Job) -> None:
    statistics.count_view(job.pk, "user:1")

    views = f"views:job:{job.pk}:{timezone.localdate().isoformat()}"
    assert 0 < data().ttl(views) <= statistics.VIEWS_SECONDS
    assert 0 < data().ttl(statistics.viewers_key(job.pk)) <= statistics.VIEWERS_SECONDS


def test_the_leaderboard_shows_who_gets_most_applications(
    anonymous: APIClient, job: Job, make_user: MakeUser
) -> None:
    second = make_job(make_user("employer", "Second Ltd"))
    for posting in (job, second, job):
        Application.objects.create(job=posting, seeker=make_user("seeker"))
        statistics.expect_application(posting.pk)
        statistics.count_application(posting.pk, posting.employer_id)
        statistics.leading_employers()

    leaders = anonymous.get("/api/v1/employers/leaderboard/").json()

    assert leaders == [
        {"id": job.employer_id, "name": "Example Ltd", "applications": 2},
        {"id": second.employer_id, "name": "Second Ltd", "applications": 1},
    ]


def test_a_leaderboard_that_was_lost_is_rebuilt_from_the_database(
    employer: User, make_user: MakeUser
) -> None:
    job, other = make_job(employer), make_job(employer)
    for posting in (job, other, other):
        Application.objects.create(job=posting, seeker=make_user("seeker"))

    assert statistics.leading_employers() == [(employer.pk, 3)]
    assert statistics.applications(other.pk) == 2
    assert 0 < data().ttl(statistics.application_count_key(other.pk)) <= statistics.COUNT_SECONDS
    assert 0 < data().ttl(statistics.LEADERBOARD_KEY) <= statistics.COUNT_SECONDS
