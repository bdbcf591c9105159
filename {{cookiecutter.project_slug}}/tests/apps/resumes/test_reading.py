"""The endpoints that read resumes."""

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.resumes.cache import RESUMES_SECONDS, resumes_key
from apps.resumes.models import Resume
from apps.resumes.tasks import notify_seeker_resume_ready, parse_and_score_resume
from background import lifecycle
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.resumes.conftest import Upload
from tests.conftest import CaptureDispatch
from tests.fastdata.keys import seconds_left

RESUMES = "/api/v1/resumes/"


def test_one_resume_is_its_owners_alone(
    upload: Upload, client: APIClient, make_user: MakeUser, client_of: ClientOf
) -> None:
    address = f"{RESUMES}{upload().pk}/"

    mine = client.get(address).json()
    assert mine["progress"] == {"current": 0, "total": 0}
    assert (mine["status"], mine["parsed_data"], mine["match_score"]) == ("PENDING", None, None)
    assert client_of(make_user("seeker")).get(address).status_code == 404
    assert client.get(f"{RESUMES}{uuid4()}/").status_code == 404


def test_the_list_is_ones_own_newest_first(
    upload: Upload, client: APIClient, make_user: MakeUser, client_of: ClientOf
) -> None:
    older, newer = upload(name="older.txt"), upload(name="newer.txt")

    answer = client.get(RESUMES).json()

    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)
    assert [resume["id"] for resume in answer["results"]] == [str(newer.pk), str(older.pk)]
    assert client_of(make_user("seeker")).get(RESUMES).json()["count"] == 0


def test_the_list_has_pages(upload: Upload, client: APIClient) -> None:
    for _ in range(21):
        upload()

    second = client.get(RESUMES, {"page": 2}).json()

    assert (second["count"], len(second["results"])) == (21, 1)
    assert second["previous"]
    assert client.get(RESUMES, {"page": 3}).status_code == 404


def test_a_cached_list_touches_no_table(
    upload: Upload, client: APIClient, seeker: User, django_assert_num_queries: Any
) -> None:
    upload()
    first = client.get(RESUMES).json()

    with django_assert_num_queries(0):
        assert client.get(RESUMES).json() == first
    assert 0 < seconds_left(resumes_key(seeker.pk)) <= RESUMES_SECONDS


def test_an_upload_shows_in_the_list_at_once(upload: Upload, client: APIClient) -> None:
    client.get(RESUMES)

    upload()

    assert client.get(RESUMES).json()["count"] == 1


def test_a_finished_resume_shows_in_the_list_at_once(
    upload: Upload, client: APIClient, captured_dispatch: CaptureDispatch
) -> None:
    held = lifecycle.claim(Resume, upload().pk, 1)
    assert held
    client.get(RESUMES)

    with captured_dispatch() as sent:
        parse_and_score_resume(held)

    assert [message.task for message in sent] == [notify_seeker_resume_ready]
    (listed,) = client.get(RESUMES).json()["results"]
    assert (listed["status"], listed["match_score"]) == ("COMPLETE", 100)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [RESUMES, f"{RESUMES}{uuid4()}/"])
def test_reading_needs_a_login(anonymous: APIClient, address: str) -> None:
    assert anonymous.get(address).status_code == 401
