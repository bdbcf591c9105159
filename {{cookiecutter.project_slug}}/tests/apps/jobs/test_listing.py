"""Finding postings: pages, order, words; cache first."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.cache import (
    ACTIVE_JOBS_SECONDS,
    DETAIL_SECONDS,
    FEATURED_SECONDS,
    LIST_SECONDS,
    active_jobs_key,
    detail_key,
    featured_key,
    list_key,
)
from apps.jobs.models import Job
from tests.apps.jobs.postings import make_job, yesterday
from tests.fastdata.keys import seconds_left

JOBS = "/api/v1/jobs/"


def titles(response: Any) -> list[str]:
    """What a list shows, in its order."""
    return [job["title"] for job in response.json()["results"]]


def test_a_page_says_how_many_there_are_and_where_the_next_ones_are(
    anonymous: APIClient, employer: User
) -> None:
    for number in range(25):
        make_job(employer, title=f"Job {number}")

    first = anonymous.get(JOBS).json()
    second = anonymous.get(first["next"]).json()

    assert first["count"] == second["count"] == 25
    assert (len(first["results"]), len(second["results"])) == (20, 5)
    assert first["results"][0]["title"] == "Job 24"
    assert (first["previous"], second["next"]) == (None, None)
    assert anonymous.get(second["previous"]).json() == first


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["third", "second", "first"]),
        ("deadline", ["second", "third", "first"]),
        ("popular", ["first", "third", "second"]),
    ],
)
def test_postings_come_in_the_order_that_was_asked_for(
    anonymous: APIClient, employer: User, sort: str, expected: list[str]
) -> None:
    for title, days, applications in (("first", 9, 7), ("second", 1, 0), ("third", 5, 3)):
        deadline = timezone.now() + timedelta(days=days)
        make_job(employer, title=title, deadline=deadline, application_count=applications)

    assert titles(anonymous.get(JOBS, {"sort": sort})) == expected


def test_only_active_postings_are_listed(anonymous: APIClient, employer: User) -> None:
    make_job(employer, title="open")
    make_job(employer, title="expired", status="EXPIRED", deadline=yesterday())
    make_job(employer, title="closed", status="CLOSED")

    assert titles(anonymous.get(JOBS)) == ["open"]
    assert titles(anonymous.get(JOBS, {"q": "e"})) == ["open"]


@pytest.mark.parametrize("text", ["baker hamburg", "BREAD", "night  bake"])
def test_a_search_finds_what_has_every_word(
    anonymous: APIClient, employer: User, text: str
) -> None:
    make_job(employer, title="Baker", location="Hamburg", description="Bread, baked by night.")
    make_job(employer, title="Baker of ideas", location="Ulm", description="By day.")

    assert titles(anonymous.get(JOBS, {"q": text})) == ["Baker"]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-1"},
        {"page": "0"},
        {"page": "9" * 30},
        {"page": "two"},
        {"sort": "salary"},
        {"q": "x" * 10_000},
        {"q": "nul\x00"},
    ],
)
def test_a_bad_question_is_a_field_error(anonymous: APIClient, db: None, query: Any) -> None:
    response = anonymous.get(JOBS, query)

    assert response.status_code == 400
    assert list(response.json()) == list(query)


def test_a_page_beyond_the_last_is_not_found_and_not_kept(anonymous: APIClient, job: Job) -> None:
    response = anonymous.get(JOBS, {"page": 2})

    assert response.status_code == 404
    assert list_key(2, "newest") not in cache


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Zoë 日本", "%_\\'\"", "\u202e\u0000".strip("\x00"), "🦜" * 50])
def test_odd_words_are_only_words(anonymous: APIClient, text: str) -> None:
    assert titles(anonymous.get(JOBS, {"q": text})) == []


def test_reading_again_asks_no_database(
    anonymous: APIClient, employer: User, django_assert_num_queries: Any
) -> None:
    job = make_job(employer, is_featured=True)
    places = [JOBS, f"{JOBS}featured/", f"{JOBS}{job.pk}/"]
    first = [anonymous.get(place).json() for place in places]

    with django_assert_num_queries(0):
        assert [anonymous.get(place).json() for place in places] == first


def test_what_is_kept_is_kept_for_its_time(anonymous: APIClient, job: Job) -> None:
    anonymous.get(JOBS, {"sort": "deadline"})
    anonymous.get(f"{JOBS}featured/")
    anonymous.get(f"{JOBS}{job.pk}/")
    anonymous.get(f"/api/v1/employers/{job.employer_id}/")

    assert 0 < seconds_left("jobs:list:page:1:sort:deadline") <= LIST_SECONDS == 60
    assert 0 < seconds_left(featured_key()) <= FEATURED_SECONDS
    assert 0 < seconds_left(detail_key(job.pk)) <= DETAIL_SECONDS == 600
    assert 0 < seconds_left(active_jobs_key(job.employer_id)) <= ACTIVE_JOBS_SECONDS == 120


def test_featured_postings_are_those_the_site_chose(anonymous: APIClient, employer: User) -> None:
    make_job(employer, title="plain")
    make_job(employer, title="featured", is_featured=True)
    make_job(employer, title="over", is_featured=True, status="EXPIRED")

    response = anonymous.get(f"{JOBS}featured/")

    assert [job["title"] for job in response.json()] == ["featured"]


def test_an_employers_page_counts_the_active_postings(
    anonymous: APIClient, employer: User, job: Job
) -> None:
    make_job(employer, status="CLOSED")

    response = anonymous.get(f"/api/v1/employers/{employer.pk}/")

    assert response.json() == {"id": employer.pk, "name": "Example Ltd", "active_jobs": 1}


@pytest.mark.django_db
def test_what_is_not_there_is_not_found(anonymous: APIClient) -> None:
    for missing in ("1", "0", "9" * 25):
        assert anonymous.get(f"{JOBS}{missing}/").status_code == 404
        assert anonymous.get(f"/api/v1/employers/{missing}/").status_code == 404
