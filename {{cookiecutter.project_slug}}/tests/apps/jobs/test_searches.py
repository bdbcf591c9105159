"""What becomes of a search: the user finds it again, and the site learns from it."""

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.jobs.models import Job, SearchQuery
from apps.jobs.searches import REMEMBERED, REMEMBERED_SECONDS, searches_key
from apps.jobs.tasks import log_search
from fastdata.connection import data
from tests.support.waiting import wait_until

JOBS = "/api/v1/jobs/"


@pytest.mark.django_db(transaction=True)
def test_ones_last_ten_searches_are_remembered_newest_first(
    client: APIClient, employer: User
) -> None:
    for number in range(12):
        client.get(JOBS, {"q": f"word{number}"})
    client.get(JOBS, {"q": "word5"})

    searches = client.get(f"{JOBS}searches/").json()["searches"]

    assert searches[:3] == ["word5", "word11", "word10"]
    assert len(searches) == len(set(searches)) == REMEMBERED == 10
    assert 0 < data().ttl(searches_key(employer.pk)) <= REMEMBERED_SECONDS


@pytest.mark.usefixtures("worker")
def test_every_search_is_logged_by_a_light_task(
    client: APIClient, anonymous: APIClient, employer: User, job: Job
) -> None:
    client.get(JOBS, {"q": "python"})
    anonymous.get(JOBS, {"q": "juggler"})

    wait_until(lambda: SearchQuery.objects.count() == 2)
    logged = SearchQuery.objects.order_by("at").values_list("text", "results", "user")
    assert list(logged) == [("python", 1, employer.pk), ("juggler", 0, None)]


@pytest.mark.django_db
def test_a_search_whose_task_runs_twice_is_logged_once() -> None:
    entry = "2b8e6a52-7e0b-4dc5-9b3f-5d6f3c9d1a10"
    for _ in range(2):
        log_search.call(entry, None, "python", 3, "2026-01-01T00:00:00+00:00")

    assert SearchQuery.objects.count() == 1
