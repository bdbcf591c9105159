"""Keys and times of what is kept about resumes."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from fastdata import cache

RESUMES_SECONDS = 300
SCORE_SECONDS = 3600


def resumes_key(seeker_id: int) -> str:
    """Where the list of a seeker's resumes is kept."""
    return f"seeker:{seeker_id}:resumes"


def score_key(resume_id: UUID) -> str:
    """Where the score of a resume is kept."""
    return f"ai:score:resume:{resume_id}"


def resumes(seeker_id: int, compute: Callable[[], list[Any]]) -> list[Any]:
    """A seeker's resumes as the list endpoint shows them, cache first."""
    return cache.get_or_compute(resumes_key(seeker_id), compute, ttl=RESUMES_SECONDS)


def score(resume_id: UUID, compute: Callable[[], int | None]) -> int | None:
    """The score of a resume, cache first."""
    return cache.get_or_compute(score_key(resume_id), compute, ttl=SCORE_SECONDS)


def forget_resumes(seeker_id: int) -> None:
    """Drop the list, because one of the resumes in it changed."""
    cache.forget(resumes_key(seeker_id))


def forget_scores(seeker_id: int, resume_ids: Iterable[UUID]) -> None:
    """Drop scores, and the list that shows them."""
    cache.forget(resumes_key(seeker_id), *(score_key(pk) for pk in resume_ids))
