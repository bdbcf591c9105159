"""Keys and times of what is kept about postings."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction

from apps.paging import Page
from fastdata import cache

LIST_SECONDS = 60
FEATURED_SECONDS = 300
DETAIL_SECONDS = 600
ACTIVE_JOBS_SECONDS = 120


def list_key(page: int, sort: str) -> str:
    """Where a page of the list of postings is kept."""
    return f"jobs:list:page:{page}:sort:{sort}"


def featured_key() -> str:
    """Where the featured postings are kept."""
    return "jobs:featured:list"


def detail_key(job_id: int) -> str:
    """Where a posting is kept as its page shows it."""
    return f"job:{job_id}:detail"


def active_jobs_key(employer_id: int) -> str:
    """Where the number of an employer's active postings is kept."""
    return f"employer:{employer_id}:active_jobs_count"


def list_page(page: int, sort: str, compute: Callable[[], Page]) -> Page:
    """A page of the list, cache first."""
    return cache.get_or_compute(list_key(page, sort), compute, ttl=LIST_SECONDS)


def featured(compute: Callable[[], list[Any]]) -> list[Any]:
    """The featured postings, cache first."""
    return cache.get_or_compute(featured_key(), compute, ttl=FEATURED_SECONDS)


def detail(job_id: int, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A posting, cache first."""
    return cache.get_or_compute(detail_key(job_id), compute, ttl=DETAIL_SECONDS)


def active_jobs(employer_id: int, compute: Callable[[], int]) -> int:
    """How many active postings an employer has, cache first."""
    return cache.get_or_compute(active_jobs_key(employer_id), compute, ttl=ACTIVE_JOBS_SECONDS)


def forget_lists() -> None:
    """Drop every list of postings, because any of them may show one that changed."""
    cache.forget_matching("jobs:list:*")
    cache.forget_matching("jobs:featured:*")


def forget_jobs(job_ids: Iterable[int], employer_ids: Iterable[int]) -> None:
    """Drop postings that changed, and the numbers of active ones of their employers."""
    cache.forget(*map(detail_key, job_ids), *map(active_jobs_key, employer_ids))


def forget_on_commit(job_id: int, employer_id: int) -> None:
    """Drop a posting and the lists once the change that is being written is committed."""
    transaction.on_commit(partial(forget_jobs, [job_id], [employer_id]), robust=True)
    transaction.on_commit(forget_lists, robust=True)
