"""The match score: skills and years against what the seeker wishes for."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.resumes import scoring, services
from apps.resumes.models import Resume
from apps.resumes.parsing.base import ParsedResume
from background import lifecycle
from tests.apps.conftest import ClientOf, MakeUser
from tests.apps.resumes.conftest import Upload

WISHES = "/api/v1/resumes/wishes/"
PARSED = ParsedResume(name="", email="", phone="", skills=["Python", "Django"], years=3)


def complete(resume: Resume) -> Resume:
    """Finish the work on a resume, as its task does."""
    held = lifecycle.claim(Resume, resume.pk, 1)
    assert held
    with held.completing():
        scoring.store(held, PARSED)
    return held


@pytest.mark.parametrize(
    ("wished_skills", "wished_years", "score"),
    [
        (["python", "DJANGO"], 3, 100),
        (["Python", "Rust"], 3, 65),
        (["Python", "Django"], 6, 85),
        (["Rust"], 0, 0),
        ([], 6, 50),
        ([], 1, 100),
        ([], 0, 100),
    ],
)
def test_the_score(wished_skills: list[str], wished_years: int, score: int) -> None:
    assert score == scoring.match_score(
        skills=PARSED.skills,
        years=PARSED.years,
        wished_skills=wished_skills,
        wished_years=wished_years,
    )


def test_a_resume_is_scored_against_its_seekers_wishes(upload: Upload, seeker: User) -> None:
    services.change_wishes(seeker, skills=["Python", "Rust"], years=3)

    assert complete(upload()).match_score == 65


def test_changed_wishes_change_the_scores(
    upload: Upload, seeker: User, client: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    resume, unparsed = complete(upload()), upload()
    assert scoring.score_of(resume.pk) == 100

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.patch(WISHES, {"skills": ["Rust"]})

    resume.refresh_from_db()
    unparsed.refresh_from_db()
    assert answer.json() == {"skills": ["Rust"], "years": 0}
    assert (resume.match_score, unparsed.match_score) == (0, None)
    assert scoring.score_of(resume.pk) == 0
    assert client.get(WISHES).json() == answer.json()


def test_wishes_are_empty_at_first(client: APIClient) -> None:
    assert client.get(WISHES).json() == {"skills": [], "years": 0}


@pytest.mark.parametrize(
    "changes", [{"skills": "Python"}, {"skills": [""]}, {"years": -1}, {"years": 81}]
)
def test_bad_wishes_are_field_errors(client: APIClient, changes: dict[str, Any]) -> None:
    answer = client.patch(WISHES, changes)

    assert answer.status_code == 400
    assert list(answer.json()) == list(changes)


def test_wishes_are_for_seekers(make_user: MakeUser, client_of: ClientOf) -> None:
    assert client_of(make_user("employer")).get(WISHES).status_code == 403
